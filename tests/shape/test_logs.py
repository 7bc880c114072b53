"""The log of the program: JSON lines with an id, without bodies, tokens or personal data."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db
from companion.core.errors import log
from companion.people.models import User
from tests.kit.logs import written
from tests.kit.makers import PASSWORD
from tests.kit.pages import Browser
from tests.shape.world import build, requests_of


@pytest.fixture
def log_text() -> Iterator[io.StringIO]:
    """What the log writes during the test."""
    with written() as stream:
        yield stream


@pytest.mark.sqlite_only
def test_a_walk_through_everything_leaves_nothing_personal_in_the_log(
    app: Flask, log_text: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build()
    token = world.things["tokens"]["own"]
    for role in (Role.COORDINATOR, Role.OFFICIAL):
        browser = Browser(app).sign_in_as(world.users[role])
        for wanted in requests_of(app, world, kinds=("own",)):
            if wanted.endpoint not in {"security.logout", "people.choose_role"}:
                browser.raw(wanted.method, wanted.path, data={"note": "秘密の本文"})
    # And what goes wrong: a page that fails with the typed text in its error.
    monkeypatch.setitem(app.config, "PROPAGATE_FAILURES", False)

    def broken() -> str:
        raise LookupError("秘密の本文")

    monkeypatch.setitem(app.view_functions, "boards.home", broken)
    broken.access_mark = "public"  # type: ignore[attr-defined]
    answer = browser.raw("GET", f"/?token={token}", headers={"X-Note": "秘密の本文"})
    assert answer.status_code == 500
    text = log_text.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    (told,) = [line["exception"] for line in lines if "exception" in line]
    assert "LookupError" in told[-1]
    assert "test_logs.py" in told[-1]  # where it happened is there, what was typed is not
    people = db.session.execute(select(User.email, User.name)).all()
    secret = {token, PASSWORD, "秘密の本文"} | {word for person in people for word in person}
    assert [word for word in secret if word in text] == []


def test_a_line_break_makes_no_second_line(app: Flask, log_text: io.StringIO) -> None:
    log.error("one\ntwo %s", '"}\n{"level": "forged"}')
    (line,) = log_text.getvalue().splitlines()
    assert json.loads(line)["level"] == "ERROR"


def test_every_refusal_has_an_id_that_is_in_the_log(app: Flask, log_text: io.StringIO) -> None:
    """On the page where it has one, in a header always; with method, page and status."""
    world, expected = build(), []
    for role in (Role.MUNICIPALITY, Role.AUDITOR):
        browser = Browser(app).sign_in_as(world.users[role])
        for wanted in requests_of(app, world):
            answer = browser.raw(wanted.method, wanted.path)
            if answer.status_code >= 400:
                expected.append((answer.headers.get("X-Request-Id"), answer.status_code))
    lines = [json.loads(line) for line in log_text.getvalue().splitlines()]
    logged = {
        (line.get("id"), int(line["message"].rsplit(" ", 1)[1]))
        for line in lines
        if line["message"].startswith("refused ")
    }
    assert len(expected) > 200
    assert [one for one in expected if one not in logged] == []
