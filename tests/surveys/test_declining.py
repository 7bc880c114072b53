"""A respondent who will not answer says so, is left in peace, and may come back until the end."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.mail import Letter
from companion.surveys.actions import close_round, open_round
from companion.surveys.declining import decline, may_decline
from companion.surveys.links import link_of
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.reminding import remind
from companion.surveys.terms import ANSWERED, InvitationState
from tests.conftest import MOMENT
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser

S = InvitationState
NOTICE = "辞退の連絡を受け付けました"


@pytest.fixture
def opened(app: Flask) -> SurveyRound:
    make_period()
    team = make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        return open_round("municipality_eval", team.period, by=None)


def only() -> Invitation:
    db.session.expire_all()
    return db.session.scalars(select(Invitation)).one()


def by_link(app: Flask) -> Browser:
    browser = Browser(app)
    browser.get("/s/" + link_of(only()).rpartition("/s/")[2])
    return browser


def town(app: Flask) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=only().municipality)
    return Browser(app).sign_in_as(user)


@pytest.mark.parametrize("who", [by_link, town])
def test_declining_and_coming_back(app: Flask, opened: SurveyRound, who: object) -> None:
    browser, path = who(app), f"/answer/{only().public_id}"  # type: ignore[operator]
    page = browser.get(path).submit("回答を始める").submit("保存して後で続ける", overall="4")
    page = page.submit("辞退を連絡する", reason="体制が整わないため")
    assert NOTICE in page.notices[0]
    assert "いただいた理由：「体制が整わないため」" in page.notices[0]
    assert "回答を辞退する" not in page.text()
    assert (only().state, only().decline_reason) == (S.DECLINED, "体制が整わないため")
    assert browser.get(f"{path}/1").heading == "伴走支援自治体アンケート", "no questions meanwhile"
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    board = boss.get(f"/rounds/{opened.public_id}")
    assert "配布 1、うち辞退 1" in board.text()
    assert boss.get(f"/invitations/{only().public_id}").facts["辞退の理由"] == "体制が整わないため"
    assert not boss.get(f"/rounds/{opened.public_id}/calls").has("table")
    page = browser.get(path).submit("辞退を取り消して回答する")
    assert (only().state, only().decline_reason) == (S.WRITING, "")
    page = page.follow("続きから回答する")
    assert page.fields["overall"] == "4", "what was begun was kept"
    page = page.submit("保存して次へ", cont="dk").submit("提出する")
    assert only().state is S.SUBMITTED
    assert "回答を辞退する" not in browser.get(path).text(), "nothing to decline any more"


def test_whoever_declined_gets_no_more_letters(app: Flask, opened: SurveyRound) -> None:
    page = by_link(app).get(f"/answer/{only().public_id}")
    page.submit("辞退を連絡する")
    waiting = select(func.count()).select_from(Letter).where(Letter.state == "queued")
    mine = waiting.where(Letter.key.startswith(f"survey/{only().public_id}/"))
    assert db.session.scalar(mine) == 0, "what waited to leave is called off"
    for days in range(1, 30):
        with clock.held(MOMENT + dt.timedelta(days=days)), saved():
            assert remind(db.session.merge(opened), clock.today()) == 0


def test_a_long_reason_is_told_and_stays(app: Flask, opened: SurveyRound) -> None:
    page = by_link(app).get(f"/answer/{only().public_id}")
    page = page.submit("辞退を連絡する", reason="長" * 201)
    assert page.status == 422
    assert page.errors == ["理由（書かなくてもかまいません）：200文字以内で入力してください。"]
    assert page.form("辞退を連絡する").fields["reason"] == "長" * 201
    assert only().state is S.UNSENT


def test_after_the_end_nothing_changes(app: Flask, opened: SurveyRound) -> None:
    browser, path = by_link(app), f"/answer/{only().public_id}"
    open_page = browser.get(path)
    declined = open_page.submit("辞退を連絡する")
    with saved():
        close_round("municipality_eval", only().round.period, by=None)
    page = declined.submit("辞退を取り消して回答する")
    assert "このアンケートの受付は終了しました。" in page.text()
    assert only().state is S.DECLINED
    assert page.buttons == []


@pytest.mark.parametrize("state", list(S))
def test_only_what_is_not_handed_in_can_be_declined(opened: SurveyRound, state: S) -> None:
    one = only()
    one.state = state
    if may_decline(one) or state is S.DECLINED:
        assert state not in ANSWERED
        decline(one, "", by=None)
        assert one.state is S.DECLINED
    else:
        with pytest.raises(Refused, match="提出済み"):
            decline(one, "", by=None)
        assert one.state is state


def test_of_an_anonymous_round_no_line_says_when(app: Flask, opened: SurveyRound) -> None:
    with saved():
        open_round("official_eval", db.session.merge(opened).period, by=None)
    asked = select(Invitation).where(Invitation.official_id.is_not(None)).limit(1)
    one = db.session.scalars(asked).one()
    browser = Browser(app)
    browser.get("/s/" + link_of(one).rpartition("/s/")[2])
    lines = count_lines()
    page = browser.get(f"/answer/{one.public_id}").submit("辞退を連絡する", reason="異動のため")
    assert NOTICE in page.notices[0]
    page.submit("辞退を取り消して回答する")
    assert count_lines() == lines
    db.session.expire_all()
    assert one.state is S.OPENED
    assert browser.get(f"/answer/{one.public_id}").submit("回答を始める").status == 200


def count_lines() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditLine)) or 0
