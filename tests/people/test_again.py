"""Asking anew who is there: which acts ask, and that nothing typed is lost across the question."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from companion.approvals.models import Approval
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db
from companion.people.models import User
from tests.kit.makers import PASSWORD, make_user
from tests.kit.pages import Browser
from tests.people.test_signing_in import app_code, later, steps, with_app  # noqa: F401 a fixture
from tests.shape.world import build, requests_of

# Every page that asks, with the ways of asking: S only when something is sent, A also to look.
ASKS = """
activities.publish       S
approvals.decide         A
audits.export            A
deputies.deputy          S
deputies.end             A
freetexts.quote          A
freetexts.text           A
freetexts.texts          A
memos.open_memo          S
offices.drop             A
own.app_setup            A
own.end                  A
own.end_others           A
own.change_password      A
own.recovery             A
passkeys.drop            A
passkeys.passkeys        A
people.change_state      A
people.edit              A
people.forget            A
people.invite_again      A
people.new_account       S
people.roles             A
proposals.take_up        S
reports.export_file      A
reports.fill_office_template S
reports.own_workbook     S
reports.publish_results  S
reports.report           S
surveys.close_survey     S
surveys.disclose         S
surveys.raw_answers      A
surveys.results          A
teams.announce           S
"""


def test_the_acts_that_ask_are_those_decided_upon(app: Flask) -> None:
    meant = dict(line.split() for line in ASKS.strip().splitlines())
    found = {
        endpoint: "A" if "GET" in function.fresh_mark else "S"
        for endpoint, function in app.view_functions.items()
        if hasattr(function, "fresh_mark")
    }
    assert found == meant


@pytest.mark.parametrize("role", list(Role))
def test_at_a_screen_left_open_none_of_them_is_done(app: Flask, role: Role) -> None:
    world = build()
    browser = Browser(app).sign_in_as(world.users[role])
    token = browser.get("/account").soup.select_one('input[name="csrf_token"]')
    assert token is not None
    asked = 0
    with clock.held(later(minutes=20)):
        for wanted in requests_of(app, world, kinds=("own",)):
            mark = getattr(app.view_functions[wanted.endpoint], "fresh_mark", ())
            if wanted.method not in mark:
                continue
            data = {"csrf_token": token["value"], "reason": "打った言葉"}
            answer = browser.raw(wanted.method, wanted.path, data=data)
            if answer.status_code == 404:
                continue  # out of reach anyway
            asked += 1
            if wanted.method == "GET":
                assert answer.headers["Location"].startswith("/signin/again?next="), wanted
            else:
                assert answer.status_code == 422, wanted
                assert "打った言葉" in answer.get_data(as_text=True), wanted
    assert asked >= 8


def test_what_was_typed_goes_on_with_the_answer(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/accounts/new")
    with clock.held(later(minutes=20)):
        page = page.submit(
            "作成する",
            email="new@example.go.jp",
            name="新 規子",
            role="auditor",
            reason="監査を\n二人にするため",
        )
        assert page.heading == "もう一度、本人の確認"
        assert db.session.scalars(select(Approval)).all() == []
        page = page.submit("確認して続ける", {"again-password": "wrong-wrong-wrong"})
        assert page.errors == ["パスワードまたはコードが正しくありません。"]
        page = page.submit("確認して続ける", {"again-password": PASSWORD})
        assert page.heading == "アカウント"
    asked = db.session.scalars(select(Approval)).one()
    assert asked.reason.splitlines() == ["監査を", "二人にするため"]
    assert db.session.scalars(select(User.email)).all().count("new@example.go.jp") == 0


def test_a_page_that_was_opened_is_shown_afterwards(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    with clock.held(later(minutes=20)):
        page = browser.get("/account/app")
        assert page.heading == "もう一度、本人の確認"
        assert page.submit("確認する", password=PASSWORD).path == "/account/app"
    with clock.held(later(minutes=34)):
        assert browser.get("/account/app").path == "/account/app", "good for a quarter of an hour"
    with clock.held(later(minutes=36)):
        assert browser.get("/account/app").path == "/signin/again"


def test_who_has_an_app_gives_its_code_too(steps: Flask) -> None:  # noqa: F811
    user = make_user(Role.COORDINATOR)
    seed, _ = with_app(steps, user)
    browser = Browser(steps)
    browser.sign_in(user.email).submit("確認する", code=app_code(steps, seed))
    with clock.held(later(minutes=20)):
        page = browser.get("/account/password")
        assert page.submit("確認する", password=PASSWORD).errors
        page = page.submit("確認する", password=PASSWORD, code=app_code(steps, seed))
        assert page.path == "/account/password"


def test_guessing_there_has_to_wait_too(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    with clock.held(later(minutes=20)):
        page = browser.get("/account/app")
        for _ in range(5):
            page = page.submit("確認する", password="wrong-wrong-wrong")
        assert page.submit("確認する", password=PASSWORD).status == 429
