"""Two worlds, seeded alike and apart: whoever belongs to A gets nothing by any id of B.

Every id of B is put where an id can stand, found from the URL map, the source and the forms: in
paths, in names of files, in queries and in fields. Each time the answer is, byte for byte, the one
for an id that does not exist, and no row of B has changed.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import Base, db
from tests.kit.pages import Browser, Form
from tests.shape.sources import sources
from tests.shape.test_access import CHANGING
from tests.shape.world import MISSING, World, allowed, build, requests_of

pytestmark = pytest.mark.sqlite_only
# Coordinators and auditors belong to both; the others are bounded.
BOUNDED = (Role.OFFICIAL, Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY)
# What everybody may know of (an announced team, published results), or every team (what it shares).
KNOWN_TO_ALL = {
    (thing, kind)
    for thing in (
        *("teams", "shared-logs", "shared-inquiries", "survey-results", "case-articles"),
        *("statistics", "places"),
    )
    for kind in ("own", "other")
}
# Their own permission.
SECRETS = {"tokens", "feeds", "choices"}
WORDS = {"surveys", "audit_files", "offices", "packs", "templates"}
# A challenge to a key is another one each time.
RANDOM = {"passkeys.passkeys"}
# The key of a form that makes something, and messages left by the page before.
PASSING = re.compile(
    rb'name="form_key" value="[^"]*"|<div class="notice notice--[^>]*>.*?</div>', re.DOTALL
)
Rows = dict[tuple[str, str], tuple[Any, ...]]


def rows() -> Rows:
    """Every row that has a public id, by table and id."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            (table.name, row.public_id): tuple(row)
            for table in Base.metadata.sorted_tables
            if "public_id" in table.columns
            for row in connection.execute(select(table))
        }


@pytest.fixture
def worlds(app: Flask) -> tuple[World, World, Rows, Rows]:
    """A, B, and the rows of each."""
    ours = build()
    mine = rows()
    theirs = build(2027, near_code="21", ministry="maff")
    return ours, theirs, mine, {key: row for key, row in rows().items() if key not in mine}


def plain(answer: Any, *tried: str) -> tuple[int, str, bytes]:
    """An answer without what differs from request to request, and without the ids it was asked."""
    data, leads = answer.get_data(), answer.headers.get("Location", "")
    for one in tried:
        data, leads = data.replace(one.encode(), b"ID"), leads.replace(one, "ID")
    return answer.status_code, leads, b" ".join(PASSING.sub(b"", CHANGING.sub(b"", data)).split())


def ids_of(world: World) -> list[tuple[str, str]]:
    """Kind of thing and id, of everything that is not for all."""
    return [
        (thing, value)
        for thing, values in world.things.items()
        if thing not in SECRETS | WORDS
        for kind, value in values.items()
        if kind != "missing" and (thing, kind) not in KNOWN_TO_ALL
    ]


@pytest.fixture
def no_token(app: Flask) -> Any:
    """With the token check off: this is about whose things they are."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("role", BOUNDED)
def test_nothing_of_the_other_world_is_reached(
    app: Flask, worlds: tuple[World, World, Rows, Rows], role: Role
) -> None:
    """In paths: every page and act that names such a thing; and as names of files."""
    ours, theirs, _, before = worlds
    browser, found, tries = Browser(app).sign_in_as(ours.users[role]), [], 0
    nothing = plain(browser.raw("GET", f"/{MISSING}"), MISSING)
    assert nothing[0] == 404
    for wanted in requests_of(app, theirs):
        if wanted.kind == "missing" or wanted.thing is None or wanted.thing in SECRETS | WORDS:
            continue
        if (wanted.thing, wanted.kind) in KNOWN_TO_ALL:
            continue
        tries += 1
        if plain(browser.raw(wanted.method, wanted.path), MISSING) != nothing:
            found.append(f"{wanted.method} {wanted.path}")
    names = {value for _, value in ids_of(theirs)}
    names |= {
        str(part)
        for row in before.values()
        for part in row
        if re.fullmatch(r"[0-9a-f]{64}", str(part))
    }
    for name in sorted(names):
        for path in (f"/static/{name}", f"/static/../attachments/{name}", f"/files/{name}/x"):
            tries += 1
            if browser.raw("GET", path).status_code != 404:
                found.append(path)
    assert found == []
    assert tries >= 300
    assert {key: row for key, row in rows().items() if key in before} == before


def names_in_queries() -> list[str]:
    """Every name that some page reads from a query, from the source."""
    found = set()
    for source in sources():
        for node in ast.walk(source.tree):
            is_read = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_read and ast.unparse(node.func) in {"request.args.get", "request.args.getlist"}:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return sorted(found)


@pytest.mark.parametrize("role", BOUNDED)
def test_no_query_brings_anything_over(
    app: Flask,
    worlds: tuple[World, World, Rows, Rows],
    role: Role,
    request: pytest.FixtureRequest,
) -> None:
    """Each request gives every name another id; `--long` gives every name every id."""
    ours, theirs, _, before = worlds
    names, browser, found, tries = names_in_queries(), Browser(app), [], 0
    ids = [value for _, value in ids_of(theirs)]
    rounds = range(0, len(ids), 1 if request.config.getoption("--long") else len(names))
    browser.sign_in_as(ours.users[role])
    for wanted in requests_of(app, ours, kinds=("own",)):
        if wanted.method != "GET" or not allowed(app, wanted, role):
            continue
        if wanted.endpoint in RANDOM:
            continue
        none = browser.raw("GET", wanted.path, query_string=dict.fromkeys(names, MISSING))
        for first in rounds:
            query = {name: ids[(first + at) % len(ids)] for at, name in enumerate(names)}
            tries += len(query)
            answer = browser.raw("GET", wanted.path, query_string=query)
            if plain(answer, *ids) != plain(none, MISSING):
                found.append(f"{wanted.path}?{query}")
    assert found == []
    assert tries >= 600
    assert {key: row for key, row in rows().items() if key in before} == before


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("role", BOUNDED)
def test_no_field_takes_anything_over(
    app: Flask,
    worlds: tuple[World, World, Rows, Rows],
    role: Role,
    request: pytest.FixtureRequest,
) -> None:
    """Each form as it stands on the own pages, with an id of B in each field that names a thing."""
    ids = ids_of(worlds[1])
    if not request.config.getoption("--long"):
        ids = list({thing: (thing, value) for thing, value in ids}.values())[::3]
    ours, _, mine, before = worlds
    own_ids = {public_id for _, public_id in mine}
    browser, found, tries, forms = Browser(app).sign_in_as(ours.users[role]), [], 0, {}
    for wanted in requests_of(app, ours, kinds=("own",)):
        if wanted.method == "GET" and allowed(app, wanted, role):
            page = browser.send("GET", wanted.path)
            for form in page.forms if page.is_html else []:
                if form.method == "POST":
                    forms.setdefault((form.action, *sorted(form.names)), form)
    for form in forms.values():
        for name in sorted(fields_naming_things(form, own_ids)):
            data = form.fields
            # Twice, as the first may be carried out: from then on the key is a used one.
            for nothing in (MISSING, MISSING.replace("z", "y")):
                data[name] = nothing
                none = plain(browser.raw("POST", form.action, data=data), nothing)
            for _, value in ids:
                tries += 1
                data[name] = value
                answer = plain(browser.raw("POST", form.action, data=data), value)
                if answer != none:
                    found.append(f"{form.action} {name}={value}: {none[:2]} {answer[:2]}")
    assert found == []
    assert {key: row for key, row in rows().items() if key in before} == before
    if role in {Role.OFFICIAL, Role.MUNICIPALITY}:
        assert tries >= 10


def fields_naming_things(form: Form, ids: set[str]) -> set[str]:
    """The fields of a form that hold or offer an id."""
    found = {name for name, value in form.fields.items(multi=True) if value in ids}
    return found | {name for name in form.names if set(form.choices(name)) & ids}
