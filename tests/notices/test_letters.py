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
from companion.core.db import db, saved
from companion.core.mail import Letter, LetterKind, choices_link, deliver_due, post, stopped_kinds
from companion.core.mail.composing import without_secrets
from companion.notices.jobs import tell_of_unresolved
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


LATER = MOMENT + dt.timedelta(minutes=10)
SENDER = "x@example.go.jp"


def put(key: str, subject: str, *, kind: LetterKind = LetterKind.TEAM, body: str = "本文") -> None:
    with saved():
        post(key, kind, to="a@example.go.jp", subject=subject, body=body)


def test_a_mail_cut_off_waits_for_a_person(app: Flask) -> None:
    put("one", "一通目")
    put("two", "二通目")
    boss = make_user(Role.COORDINATOR)
    box = Folder()
    with clock.held(LATER):
        with pytest.raises(OSError, match="does not answer"):
            deliver_due(Folder(room=0), sender=SENDER)
        assert deliver_due(box, sender=SENDER) == 0  # never again by itself
    with clock.held(LATER + dt.timedelta(minutes=11)):
        page = Browser(app).sign_in_as(boss).get("/outbox")
        assert page.table("判断が必要な手紙 1通")[0]["状態"] == "送信が中断"
        assert "手紙を送る処理が動いていません" in page.text()
        page = page.submit("もう一度送る（一通目、a@example.go.jp）")
        assert "完了 もう一度送ります。" in page.notices
        assert deliver_due(box, sender=SENDER) == 1
    assert [letter["To"] for letter in box.letters] == ["a@example.go.jp"]
    assert "二通目" in box.letters[0].get_content()


def test_after_an_outage_old_letters_are_shown_and_not_sent(app: Flask) -> None:
    put("old", "古い知らせ")
    box = Folder()
    with clock.held(MOMENT + dt.timedelta(days=7)):
        ahead = Browser(app).sign_in_as(make_user(Role.AUDITOR)).get("/outbox")
        assert "送る時期を過ぎた1通は" in ahead.text()
        assert deliver_due(box, sender=SENDER) == 0
        page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/outbox")
        assert page.table("判断が必要な手紙 1通")[0]["状態"] == "期限切れ"
        page.submit("送らない（古い知らせ、a@example.go.jp）")
    assert db.session.scalars(select(Letter.state)).all() == ["dropped"]
    assert box.letters == []


def test_what_needs_a_person_is_told_once_a_day(app: Flask) -> None:
    put("old", "古い知らせ")
    boss = make_user(Role.COORDINATOR)
    with clock.held(MOMENT + dt.timedelta(days=7)):
        deliver_due(Folder(), sender=SENDER)
        assert [tell_of_unresolved(), tell_of_unresolved()] == [1, 0]
    told = db.session.scalars(select(Letter).where(Letter.kind == LetterKind.POST)).one()
    assert told.recipient == boss.email
    assert "1通" in told.body


def test_the_preview_is_what_leaves(app: Flask) -> None:
    put("a", "一", body="山田 様\n\n秘密 http://x/s/abcdefghijklmnopqrstu\n\n事務局")
    put("b", "二", kind=LetterKind.DIGEST, body="山田 様\n\n二つ目です。\n\n事務局")
    page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/outbox")
    (row,) = page.table("送信待ち（予定の早い順、100通まで）")
    assert "abcdefghijklmnop" not in page.text()
    assert "（本人だけのリンク）" in page.text()
    box = Folder()
    with clock.held(LATER):
        assert deliver_due(box, sender=SENDER) == 1
    (mail,) = box.letters
    assert row["件名"].startswith(str(mail["Subject"]))
    shown = without_secrets(mail.get_content())
    assert " ".join(shown.split()) in row["件名"]


def test_what_waits_is_stopped_and_postponed(app: Flask) -> None:
    put("a", "一")
    put("b", "二")
    page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/outbox")
    page = page.submit("送るのをやめる（一、a@example.go.jp）")
    page = page.submit("翌営業日に延ばす（二、a@example.go.jp）")
    waiting = db.session.scalars(select(Letter).where(Letter.state == "queued")).one()
    assert clock.to_jst(waiting.due_at).isoformat() == "2025-09-03T09:00:00+09:00"
    with clock.held(LATER):
        assert deliver_due(Folder(), sender=SENDER) == 0


def test_an_empty_outbox_says_so(app: Flask) -> None:
    page = Browser(app).sign_in_as(make_user(Role.AUDITOR)).get("/outbox")
    assert "送信を待っている手紙はありません" in page.text()
    assert page.buttons == []


def test_a_reader_chooses_without_signing_in(app: Flask) -> None:
    put("a", "週のまとめ", kind=LetterKind.DIGEST)
    path = choices_link("a@example.go.jp", [LetterKind.DIGEST]).partition("://")[2]
    path = path[path.index("/") :]
    browser = Browser(app)
    page = browser.get(path)
    assert page.heading == "お知らせの設定"
    assert "チームの決定と交代" in page.text()
    assert db.session.scalars(select(Letter.state)).all() == ["queued"], "looking changes nothing"
    page = page.submit("保存する", wanted=["reminder", "action", "poll", "log", "team_alert"])
    assert "完了 お知らせの設定を保存しました。" in page.notices
    put("b", "次の週のまとめ", kind=LetterKind.DIGEST)
    put("c", "チーム")
    db.session.expire_all()
    states = dict(db.session.execute(select(Letter.key, Letter.state)).all())
    assert states == {"a": "unwanted", "b": "unwanted", "c": "queued"}
    assert browser.get(path + "x").status == 404


def test_a_mail_program_stops_with_one_click(app: Flask) -> None:
    put("a", "週のまとめ", kind=LetterKind.DIGEST)
    put("b", "チーム")
    box = Folder()
    with clock.held(LATER):
        deliver_due(box, sender=SENDER)
    (mail,) = box.letters
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/letters/" + str(mail["List-Unsubscribe"]).strip("<>").partition("/letters/")[2]
    raw = Browser(app).raw
    assert raw("POST", path, data={}).status_code == 400
    answer = raw("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert stopped_kinds("a@example.go.jp") == {LetterKind.DIGEST}


def test_whoever_is_signed_in_chooses_on_the_account_page(app: Flask) -> None:
    user = make_user(Role.OFFICIAL)
    page = Browser(app).sign_in_as(user).get("/account").follow("届くお知らせを選ぶ")
    page.submit("保存する", wanted=["reminder"])
    assert LetterKind.DIGEST in stopped_kinds(user.email)
