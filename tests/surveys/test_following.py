"""Extension, lateness, calls and the states a coordinator decides."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import AddressRefused, deliver_due
from companion.surveys.actions import open_round
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import InvitationState
from companion.teams.models import Team
from tests.conftest import MOMENT
from tests.kit.makers import make_challenge, make_official, make_period, make_team, make_user
from tests.kit.pages import Browser


def test_a_respondent_is_followed(app: Flask) -> None:
    make_period()
    team = make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
    with saved():
        opened = open_round("municipality_eval", team.period, by=None)
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get(f"/rounds/{opened.public_id}").follow("電話一覧")
    (row,) = page.table()
    assert row["状態"] == "未送付"
    page = page.follow(row["回答者"])
    wrong = page.submit("記録する", until="2025-09-03")
    assert wrong.errors == ["延長後の締切は、いまの締切より後の日時にしてください。"]
    page = wrong.submit("記録する", until="2025-10-31", call_note="来週提出", state="declined")
    assert page.facts["状態"] == "辞退"
    assert page.facts["締切"].endswith("（延長）")
    assert page.facts["最後の電話"].endswith("来週提出")
    one = db.session.scalars(select(Invitation)).one()
    assert one.due_at > opened.closes_at
    assert browser.get(f"/rounds/{opened.public_id}/calls").has("table") is False
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    town = Browser(app).sign_in_as(user)
    assert "辞退の連絡を受け付けました" in town.get(f"/answer/{one.public_id}").text()
    page = page.submit("記録する", until="", state="sent")
    assert page.facts["状態"] == "送付済"


class Box:
    """Keeps what was sent, or refuses every address."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.sent: list[EmailMessage] = []
        self.refuses = refuses

    def send(self, message: EmailMessage) -> None:
        if self.refuses:
            raise AddressRefused("550")
        self.sent.append(message)


def sent(box: Box) -> list[EmailMessage]:
    with clock.held(MOMENT + dt.timedelta(minutes=10)):
        deliver_due(box, sender="from@example.go.jp")
    db.session.expire_all()
    return box.sent


def open_for_a_town() -> tuple[SurveyRound, Team]:
    make_period()
    team = make_team()
    with saved():
        return open_round("municipality_eval", team.period, by=None), team


def link_in(message: EmailMessage) -> str:
    return "/s/" + message.get_content().split("/s/")[1].split()[0]


def only() -> Invitation:
    return db.session.scalars(select(Invitation)).one()


def test_an_invitation_goes_through_its_states(app: Flask) -> None:
    opened, _ = open_for_a_town()
    assert only().state is InvitationState.UNSENT
    (letter,) = sent(Box())
    assert only().state is InvitationState.SENT
    browser = Browser(app)
    page = browser.get(link_in(letter))
    db.session.expire_all()
    assert only().state is InvitationState.SENT, "a scanner that follows the link changes nothing"
    page = page.submit("回答を始める")
    db.session.expire_all()
    assert only().state is InvitationState.OPENED
    page = page.submit("保存して次へ", overall="5", cont="dk")
    db.session.expire_all()
    assert only().state is InvitationState.WRITING
    page.submit("提出する")
    db.session.expire_all()
    assert only().state is InvitationState.SUBMITTED
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    boss.get(f"/invitations/{only().public_id}").submit("記録する", state="confirmed")
    db.session.expire_all()
    assert only().state is InvitationState.CONFIRMED
    again = Browser(app).get(link_in(letter))
    assert "この回答は確定しています" in again.text()
    assert opened.public_id


def test_an_address_that_is_refused_is_unreachable_and_to_be_called(app: Flask) -> None:
    opened, _ = open_for_a_town()
    sent(Box(refuses=True))
    assert only().state is InvitationState.UNREACHABLE
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = boss.get(f"/rounds/{opened.public_id}/calls")
    assert page.table("電話をお願いする方（催促が2回以上、または宛先が不明） 1件")
    assert "宛先不明 1 を除く" in boss.get(f"/rounds/{opened.public_id}/responses").text()


def test_without_an_address_nothing_is_sent_and_nothing_breaks(app: Flask) -> None:
    make_period()
    team = make_team(make_challenge(contact_email=""))
    with saved():
        open_round("municipality_eval", team.period, by=None)
    assert sent(Box()) == []
    assert only().state is InvitationState.UNSENT


def test_a_link_made_anew_ends_the_one_before(app: Flask) -> None:
    open_for_a_town()
    (letter,) = sent(Box())
    browser = Browser(app)
    browser.get(link_in(letter)).submit("回答を始める").submit(
        "保存して次へ", overall="4", cont="dk"
    )
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = boss.get(f"/invitations/{only().public_id}").submit("リンクを作り直す")
    assert "前のリンクは使えません" in page.text()
    ended = Browser(app).get(link_in(letter))
    assert (ended.status, ended.heading) == (410, "このリンクは使えません")
    box = Box()
    with clock.held(MOMENT + dt.timedelta(days=1)):
        deliver_due(box, sender="from@example.go.jp")
    fresh = Browser(app).get(link_in(box.sent[0])).follow("続きから回答する")
    assert fresh.fields["overall"] == "4", "what was typed is still there"


def test_a_link_that_was_used_leads_to_the_receipt(app: Flask) -> None:
    open_for_a_town()
    (letter,) = sent(Box())
    page = Browser(app).get(link_in(letter)).submit("回答を始める")
    page.submit("保存して次へ", overall="5", cont="dk").submit("提出する")
    again = Browser(app).get(link_in(letter))
    assert "提出済みです" in again.text()
    assert again.has("a.button")  # it may be corrected until the deadline
