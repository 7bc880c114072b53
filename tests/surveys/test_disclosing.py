"""Named answers for an auditor: two coordinators decide, one auditor reads, for seven days."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.people.models import User
from companion.people.queries import role_row
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.models import SurveyRound
from companion.surveys.terms import DISCLOSED_FOR
from tests.conftest import MOMENT
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser, Page

WORDS = "視点が変わった。"
ASK = "開示の承認を依頼する"


@pytest.fixture
def closed(app: Flask) -> SurveyRound:
    """A closed round that one municipality answered by name."""
    period = make_period()
    make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        row = open_round("municipality_eval", period, by=None)
        record_answer_sets(row, [{"overall": "2", "cont": "dk", "change": WORDS}])
        close_round("municipality_eval", period, by=None)
    return row


@pytest.fixture
def auditor(app: Flask) -> User:
    return make_user(Role.AUDITOR, name="監査 一郎")


def asked(app: Flask, row: SurveyRound, auditor: User, *, by: User | None = None) -> Page:
    browser = Browser(app).sign_in_as(by or make_user())
    page = browser.get(f"/rounds/{row.public_id}").follow("監査担当者に開示する")
    return page.submit(ASK, auditor=auditor.public_id, reason="会計監査で評価を確かめるため")


def disclosed(app: Flask, row: SurveyRound, auditor: User) -> None:
    address = asked(app, row, auditor).path
    page = Browser(app).sign_in_as(make_user()).get(address).submit("承認して実行する")
    assert page.heading == "監査担当者への回答の開示"


def read(app: Flask, row: SurveyRound, user: User) -> tuple[int, str]:
    answer = Browser(app).sign_in_as(user).raw("GET", f"/disclosed-answers/{row.public_id}")
    return answer.status_code, answer.get_data(as_text=True)


def test_one_coordinator_alone_lets_nobody_read(
    app: Flask, closed: SurveyRound, auditor: User
) -> None:
    assert read(app, closed, auditor)[0] == 404
    page = asked(app, closed, auditor)
    assert "承認待ち" in page.text()
    assert "読む人：監査 一郎（監査）" in page.text()
    assert read(app, closed, auditor)[0] == 404


def test_two_let_one_auditor_read_for_seven_days(
    app: Flask, closed: SurveyRound, auditor: User
) -> None:
    missing = read(app, closed, auditor)
    disclosed(app, closed, auditor)
    browser = Browser(app).sign_in_as(auditor)
    page = browser.get(f"/rounds/{closed.public_id}").follow("市町村の名前つきの回答を読む")
    assert WORDS in page.text()
    assert any("まで閲覧できます" in words for words in page.notices)
    assert not page.main.select("form, input, button"), "nothing can be done there"
    another = make_user(Role.AUDITOR)
    assert read(app, closed, another)[0] == 404, "the decision named one person"
    assert read(app, closed, make_user())[0] == 404, "coordinators have a page of their own"
    end = MOMENT + DISCLOSED_FOR
    with clock.held(end - dt.timedelta(minutes=1)):
        assert read(app, closed, auditor)[0] == 200
    with clock.held(end):
        assert read(app, closed, auditor)[0] == missing[0] == 404


def test_each_reading_is_a_line(app: Flask, closed: SurveyRound, auditor: User) -> None:
    disclosed(app, closed, auditor)
    for _ in range(3):
        read(app, closed, auditor)
    lines = db.session.scalars(
        select(AuditLine).where(AuditLine.detail["page"].as_string() == "surveys.raw_answers")
    ).all()
    assert [(line.actor, line.target, line.action) for line in lines] == [
        (auditor.email, closed.public_id, "page.read")
    ] * 3
    letter = db.session.scalars(
        select(Letter).where(Letter.recipient == auditor.email, Letter.subject.contains("閲覧"))
    ).one()
    assert WORDS not in letter.body


def test_who_looked_and_when_is_found_without_approval(
    app: Flask, closed: SurveyRound, auditor: User
) -> None:
    boss = make_user(email="reader@cas.go.jp")
    Browser(app).sign_in_as(boss).get(f"/rounds/{closed.public_id}/results")
    Browser(app).sign_in_as(boss).get(f"/rounds/{closed.public_id}")
    page = Browser(app).sign_in_as(auditor).get("/audit")
    page = page.follow("アンケートの回答をだれがいつ読んだか")
    rows = page.table()
    assert [row["だれが"] for row in rows] == ["reader@cas.go.jp（コーディネーター）"]
    assert WORDS not in page.text()


def test_answers_of_officials_are_for_nobody(app: Flask, auditor: User) -> None:
    period = make_period()
    make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        row = open_round("official_eval", period, by=None)
        close_round("official_eval", period, by=None)
    page = Browser(app).sign_in_as(make_user()).get(f"/rounds/{row.public_id}/disclosure")
    assert "このアンケートの回答は開示できません" in page.text()
    assert ASK not in page.buttons


def test_an_open_survey_is_not_disclosed(app: Flask, auditor: User) -> None:
    period = make_period()
    make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        row = open_round("municipality_eval", period, by=None)
    browser = Browser(app).sign_in_as(make_user())
    assert ASK not in browser.get(f"/rounds/{row.public_id}/disclosure").buttons


def test_nobody_decides_for_themselves(app: Flask, closed: SurveyRound) -> None:
    both = make_user()
    with saved():
        both.roles = [role_row(Role.COORDINATOR.value), role_row(Role.AUDITOR.value)]
    page = asked(app, closed, both, by=both)
    assert "自分が読むための開示は" in page.text()
    address = asked(app, closed, both).path
    page = Browser(app).sign_in_as(both).get(address).submit("承認して実行する")
    assert "自分が読むための開示は" in page.text()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_no_other_role_has_such_a_page(app: Flask, closed: SurveyRound, role: Role) -> None:
    assert read(app, closed, make_user(role))[0] == 404
