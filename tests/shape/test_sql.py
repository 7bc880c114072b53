"""What people write never becomes part of a statement: it reaches the database as a value.

Every name that any page reads from its address, and every field of every form that is offered,
holds a payload; no statement that is sent may contain its mark. `--long`: each with every payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event

from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.queries import find_user
from tests.kit.makers import make_user
from tests.kit.pages import Browser, Page
from tests.shape.fuzzing import ENDING, LEFT_OUT
from tests.shape.offers import enrich, filled, sent
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.test_two_worlds import names_in_queries
from tests.shape.world import World, allowed, requests_of

MARK = "zqsql"
PAYLOADS = [
    before + payload.replace("M", MARK)
    for before in ("", "1", "'", '"', "')", '")', "\\'", "%'", "`", "\uff07")
    for payload in (" OR M=M --", "; DROP TABLE M; --", " UNION SELECT M /*", "||M||", "%M_[a]\\")
]
HELD = {"csrf_token", "form_key", "version"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent inside the block that holds the mark."""
    found: list[str] = []

    def look(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if MARK in statement:
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


def names_on(page: Page) -> set[str]:
    """What the links and searches of a page put into addresses."""
    named = {
        name
        for a in page.soup.select("a[href]")
        for name, _ in parse_qsl(urlsplit(str(a["href"])).query, keep_blank_values=True)
    }
    return named | {name for form in page.forms if form.method == "GET" for name in form.names}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL])
def test_no_statement_holds_what_was_typed(
    app: Flask,
    world: World,  # noqa: F811
    role: Role,
    request: pytest.FixtureRequest,
) -> None:
    assert len(PAYLOADS) >= 40
    turn, asked, found = count(), 0, []
    each = len(PAYLOADS) if request.config.getoption("--long") else 1
    enrich(world)
    user, known = world.users[role], set(names_in_queries())
    browser = Browser(app).sign_in_as(user)

    def next_payloads() -> list[str]:
        return [PAYLOADS[next(turn) % len(PAYLOADS)] for _ in range(each)]

    def look(answer: Any, what: str) -> None:
        nonlocal asked
        asked += 1
        if answer.status_code >= 500:
            found.append(f"{what}: {answer.status_code}")

    own = [w for w in requests_of(app, world, kinds=("own",)) if allowed(app, w, role)]
    with statements() as bent:
        for wanted in own:
            if wanted.method != "GET" or wanted.endpoint in LEFT_OUT:
                continue
            answer = browser.raw("GET", wanted.path)
            is_page = answer.status_code == 200 and answer.mimetype == "text/html"
            page = Page(browser, answer) if is_page else None
            known |= names_on(page) if page is not None else set()
            for payload in next_payloads():
                answer = browser.raw("GET", wanted.path, query_string=dict.fromkeys(known, payload))
                look(answer, f"{wanted.path} {payload}")
            for form in page.forms if page is not None else []:
                if form.method != "POST" or urlsplit(form.action).path.startswith(ENDING):
                    continue
                for payload in next_payloads():
                    data = sent(form, filled(form))
                    for name in set(data) - HELD:
                        data[name] = payload
                    look(browser.raw("POST", urlsplit(form.action).path, data=data), form.action)
        assert bent == []
    assert found == []
    assert asked > 100
    assert {"q", "sort", "page", "state"} <= known


def test_a_search_finds_what_was_written_and_nothing_else(app: Flask) -> None:
    """Also with the marks of patterns: `%`, `_` and `\\` are what they are."""
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    others = [make_user(Role.OFFICIAL) for _ in range(3)]
    for number, payload in enumerate(PAYLOADS):
        user = make_user(Role.OFFICIAL, email=f"payload{number}@example.go.jp")
        with saved():
            user.name = payload
        page = browser.send("GET", "/accounts?" + urlencode({"q": payload}))
        addresses = {str(one) for one in page.soup.stripped_strings if "@" in one}
        meant = {
            f"payload{n}@example.go.jp"
            for n, p in enumerate(PAYLOADS[: number + 1])
            if payload.lower() in p.lower()
        }
        assert {one for one in addresses if one.startswith("payload")} == meant, payload
        assert not addresses & {other.email for other in others}
    assert find_user(PAYLOADS[0]) is None
