"""Fields nobody asked for: column names as extra parameters, and ids of other people's things.

Generated from the models and the URL map: every form of every identity is sent with the name of
every column, and with every id of the other world in its query and fields.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import Base, db
from companion.core.forms import Form
from tests.kit.pages import Browser
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import OTHER, World, allowed, requests_of

pytestmark = pytest.mark.sqlite_only
SLIPPED = "zq-slipped-in"
NUMBER = 987_654_321


def column_names() -> list[str]:
    """Every name a column of any table has."""
    return sorted(
        {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    )


def fields_of_forms(kind: type[Form] = Form) -> set[str]:
    """Every name a form of ours asks for: those are set by typing, all others by nobody."""
    own = {name for name in vars(kind) if not name.startswith("_")}
    return own.union(*(fields_of_forms(below) for below in kind.__subclasses__()))


def every_value() -> set[str]:
    """Every value of every row of every table but the trail, as text."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            str(value)
            for table in Base.metadata.sorted_tables
            if table.name not in {"audit_lines", "drafts"}  # a draft keeps what was typed, as typed
            for row in connection.execute(select(table))
            for value in row
        }


def rights() -> list[tuple[Any, ...]]:
    """Who holds which role and what bounds it."""
    with db.engine.connect() as connection:
        users, held = (Base.metadata.tables[name] for name in ("users", "user_roles"))
        bounds = select(users.c.id, users.c.lg_code, users.c.prefecture_code, users.c.ministry_code)
        return [
            tuple(row)
            for statement in (bounds.order_by(users.c.id), select(held).order_by(*held.columns))
            for row in connection.execute(statement)
        ]


@pytest.mark.parametrize("role", list(Role))
def test_no_column_is_set_by_its_name(app: Flask, world: World, role: Role) -> None:  # noqa: F811
    """Each form as it stands on its page, with a parameter more for every column there is."""
    extra = [name for name in column_names() if name not in fields_of_forms()]
    values = {name: SLIPPED if number % 2 else str(NUMBER) for number, name in enumerate(extra)}
    browser, forms = Browser(app).sign_in_as(world.users[role]), {}
    for wanted in requests_of(app, world, kinds=("own",)):
        if wanted.method == "GET" and allowed(app, wanted, role):
            page = browser.send("GET", wanted.path)
            for form in page.forms if page.is_html else []:
                if form.method == "POST":
                    forms.setdefault(
                        (form.action, *sorted(form.names)), (form.action, form.fill({}))
                    )
    before, sent = rights(), 0
    for action, (fields, _) in forms.values():
        if any(part in action for part in ("/signout", "/role", "/account/")):
            continue
        data = {**values, **fields.to_dict(flat=False)}
        answer = browser.raw("POST", action, data=data)
        assert answer.status_code < 500, action
        assert not {SLIPPED, str(NUMBER)} & every_value(), f"{action} takes a column by its name"
        sent += len(values)
    assert rights() == before
    if role is Role.COORDINATOR:
        assert sent >= 2_000, sent


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.COORDINATOR, Role.AUDITOR}])
def test_ids_of_others_open_nothing_in_queries(app: Flask, world: World, role: Role) -> None:  # noqa: F811
    """A page with a foreign id in its query shows the words of the foreign thing nowhere."""
    others = {
        name: things["other"]
        for name, things in world.things.items()
        if "other" in things and name != "answer" and role not in OTHER[name]
    }
    browser = Browser(app).sign_in_as(world.users[role])
    names = ("team", "id", "public_id", "official", "challenge", "member", "activity", "file", "q")
    found, tries = [], 0
    for wanted in requests_of(app, world, kinds=("own",)):
        if wanted.method != "GET" or not allowed(app, wanted, role):
            continue
        for thing, foreign in others.items():
            answer = browser.raw("GET", wanted.path, query_string=dict.fromkeys(names, foreign))
            tries += 1
            assert answer.status_code < 500, f"{wanted} {thing}"
            for address in (f"/{thing}/{foreign}",):
                if f'href="{address}"'.encode() in answer.get_data():
                    found.append(f"{wanted.path}?…={foreign} leads to {address}")
    assert found == []
    assert tries >= 50
