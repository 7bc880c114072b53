"""Every unsafe request and every reading of confidential data is in the audit trail, once.

Generated from the URL map. A request that was refused leaves one line; an act that changed several
things leaves a line for each, all under the id of the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import audit
from companion.core.access import Role, is_confidential
from companion.core.chain import verify
from companion.core.db import db
from tests.kit.pages import Browser
from tests.shape.world import World, build, requests_of

# Handing in and resuming an anonymous answer: a moment beside a person would lead to the answer.
ANONYMOUS = {
    "surveys.begin",
    "surveys.decline_survey",
    "surveys.take_part",
    "surveys.start",
    "surveys.page",
    "surveys.autosave",
    "surveys.check",
    "surveys.own_form",
    "surveys.own_excel",
}


@pytest.fixture(params=[True, False], ids=["token", "no token"])
def world(app: Flask, request: pytest.FixtureRequest) -> Iterator[World]:
    """The world, posting with a good token or without one."""
    made = build()
    app.config["WTF_CSRF_ENABLED"] = not request.param
    yield made
    app.config["WTF_CSRF_ENABLED"] = True


class Trail:
    """The lines that came since the last look."""

    def __init__(self) -> None:
        self.seen = 0
        self.new()

    def new(self) -> list[dict[str, Any]]:
        """What is new."""
        db.session.rollback()
        table = audit.AuditLine.__table__
        newer = select(table).where(table.c.id > self.seen).order_by(table.c.id)
        lines = [audit.plain(row) for row in db.session.execute(newer).mappings()]
        db.session.rollback()
        self.seen += len(lines)
        return lines


@pytest.mark.parametrize("role", [*Role, None])
def test_every_request_is_there_once(app: Flask, world: World, role: Role | None) -> None:
    browser, found = Browser(app), []
    if role is not None:
        app.config["WTF_CSRF_ENABLED"], kept = True, app.config["WTF_CSRF_ENABLED"]
        browser.sign_in_as(world.users[role])
        app.config["WTF_CSRF_ENABLED"] = kept
    trail = Trail()
    for wanted in requests_of(app, world):
        if wanted.endpoint in {"signin.sign_out", "people.choose_role"} and role is not None:
            continue  # would change who is looking; see below
        answer = browser.raw(wanted.method, wanted.path)
        lines = trail.new()
        ids = {line["request_id"] for line in lines}
        is_read = answer.status_code == 200 and is_confidential(app, wanted.endpoint)
        if wanted.endpoint in ANONYMOUS and not lines:
            continue
        if len(ids) != (1 if wanted.method != "GET" or is_read else 0):
            found.append(f"{wanted.method} {wanted.path} {answer.status_code}: {lines}")
        elif wanted.method == "GET" and len(lines) > 1:
            found.append(f"{wanted.path}: {lines}")
        elif answer.status_code >= 400 and len(lines) > 1:
            found.append(f"{wanted.method} {wanted.path} {answer.status_code}: {lines}")
        for line in lines:
            if role is not None and line["actor"] != world.users[role].email:
                found.append(f"{wanted.path}: by {line['actor']}")
            if line["address"] != "127.0.0.1":
                found.append(f"{wanted.path}: from {line['address']}")
    assert found == []
    assert verify(audit.all_lines()).holds


def test_signing_in_and_out_is_there(app: Flask) -> None:
    from tests.kit.makers import make_user

    user, browser, trail = make_user(Role.AUDITOR), Browser(app), Trail()
    browser.sign_in(user.email, "not the password")
    (refused,) = trail.new()
    assert (refused["actor"], refused["target"]) == ("anonymous", "signin.sign_in")
    browser.sign_in_as(user)
    browser.post("/signout")
    assert [line["actor"] for line in trail.new()] == [user.email] * 2


def test_the_moment_of_an_anonymous_answer_is_nowhere(app: Flask) -> None:
    world = build()
    answer, browser = world.things["answer"]["own"], Browser(app)
    browser.sign_in_as(world.users[Role.OFFICIAL])
    trail = Trail()
    page = browser.get(f"/answer/{answer}/1")
    browser.post(f"/answer/{answer}/1", page.fields.to_dict())
    browser.post(f"/answer/{answer}/check")
    assert trail.new() == []
