"""Letters that follow from news, and the page that looks after them."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from companion.approvals.actions import ask, carried_out_by, refuse
from companion.core import clock
from companion.core.access import Role
from companion.core.clock import JST
from companion.core.db import db, saved
from companion.core.mail import Letter, deliver_due, post
from companion.notices.rules import business_moment
from companion.teams.actions import announce_teams
from companion.teams.terms import TeamState
from tests.conftest import MOMENT
from tests.kit.makers import (
    make_challenge,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser


@carried_out_by("notices-example", label="例")
def _nothing(approval: object, by: object) -> str:
    return "/"


class Folder:
    """A mailbox that keeps what it is given, or fails once it is full."""

    def __init__(self, room: int = 1000) -> None:
        self.letters: list[EmailMessage] = []
        self.room = room

    def send(self, message: EmailMessage) -> None:
        if len(self.letters) >= self.room:
            raise OSError("the server does not answer")
        self.letters.append(message)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-09-02 10:00", "2025-09-02 10:00"),
        ("2025-09-02 08:59", "2025-09-02 09:00"),
        ("2025-09-02 17:00", "2025-09-03 09:00"),
        ("2025-09-05 20:00", "2025-09-08 09:00"),  # Friday evening
        ("2025-09-12 18:00", "2025-09-16 09:00"),  # Monday the 15th is 敬老の日
        ("2025-12-26 18:00", "2026-01-05 09:00"),
        ("2025-05-03 12:00", "2025-05-07 09:00"),
    ],
)
def test_letters_go_out_in_business_hours(moment: str, expected: str) -> None:
    def at(words: str) -> dt.datetime:
        return dt.datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=JST)

    assert business_moment(at(moment)) == at(expected)


def test_the_teams_and_their_towns_are_told_once(app: Flask) -> None:
    make_period()
    team = make_team(
        make_challenge(contact_email="kikaku@example.lg.jp"),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
        state=TeamState.PROPOSED,
    )
    with saved():
        announce_teams(make_period(), by=None)
    letters = db.session.scalars(select(Letter)).all()
    officials = {m.official.email for m in team.members}
    assert {letter.recipient for letter in letters} == officials | {"kikaku@example.lg.jp"}
    town = next(letter for letter in letters if letter.recipient == "kikaku@example.lg.jp")
    assert "・青山 一（" in town.body
    assert f"/teams/{team.public_id}" in town.body
    assert len(letters) == 4


def test_two_people_hear_of_an_approval(app: Flask) -> None:
    asker, other = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    make_user(Role.AUDITOR)
    with saved():
        approval = ask("notices-example", "1", title="壁を塗る", reason="汚れ", by=viewer_as(asker))
    with saved():
        refuse(approval, note="あとで", by=viewer_as(other))
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    assert [(letter.recipient, letter.subject) for letter in letters] == [
        (other.email, "【承認のお願い】壁を塗る"),
        (asker.email, "【却下】壁を塗る"),
    ]
    assert "理由：あとで" in letters[1].body


def test_a_letter_cut_off_waits_for_a_person(app: Flask) -> None:
    with saved():
        post("one", to="a@example.go.jp", subject="一通目", body="本文")
    with pytest.raises(OSError, match="does not answer"):
        deliver_due(Folder(room=0), sender="x@example.go.jp")
    boss = make_user(Role.COORDINATOR)
    box = Folder()
    assert deliver_due(box, sender="x@example.go.jp") == 0  # never again by itself
    with clock.held(MOMENT + dt.timedelta(minutes=11)):
        page = Browser(app).sign_in_as(boss).get("/outbox")
        assert page.table("判断が必要な手紙 1通")[0]["状態"] == "送信が中断"
        assert "手紙を送る処理が動いていません" in page.text()
        page = page.submit("もう一度送る（一通目、a@example.go.jp）")
        assert "完了 もう一度送ります。" in page.notices
        assert deliver_due(box, sender="x@example.go.jp") == 1
    assert [letter["To"] for letter in box.letters] == ["a@example.go.jp"]


def test_after_an_outage_old_letters_are_shown_and_not_sent(app: Flask) -> None:
    with saved():
        post("old", to="a@example.go.jp", subject="古い知らせ", body="本文")
    box = Folder()
    with clock.held(MOMENT + dt.timedelta(days=7)):
        assert deliver_due(box, sender="x@example.go.jp") == 0
        page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/outbox")
        assert page.table("判断が必要な手紙 1通")[0]["状態"] == "期限切れ"
        page.submit("送らない（古い知らせ、a@example.go.jp）")
    assert db.session.scalars(select(Letter.state)).all() == ["dropped"]
    assert box.letters == []


def test_what_waits_is_read_stopped_and_postponed(app: Flask) -> None:
    with saved():
        post("a", to="a@example.go.jp", subject="一", body="秘密 http://x/s/abcdefghijklmnopqrstu")
        post("b", to="b@example.go.jp", subject="二", body="本文")
    page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/outbox")
    assert "abcdefghijklmnop" not in page.text()
    assert "（本人だけのリンク）" in page.text()
    page = page.submit("送るのをやめる（一、a@example.go.jp）")
    page = page.submit("翌営業日に延ばす（二、b@example.go.jp）")
    waiting = db.session.scalars(select(Letter).where(Letter.state == "queued")).one()
    assert waiting.due_at == MOMENT + dt.timedelta(days=1)
    box = Folder()
    assert deliver_due(box, sender="x@example.go.jp") == 0


def test_an_empty_outbox_says_so(app: Flask) -> None:
    page = Browser(app).sign_in_as(make_user(Role.AUDITOR)).get("/outbox")
    assert "送信を待っている手紙はありません" in page.text()
    assert page.buttons == []
