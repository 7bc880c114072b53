"""One mail a person and day in business hours; what somebody waits for leaves at once, alone."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock, events
from companion.core.clock import JST
from companion.core.db import db, saved
from companion.core.mail import (
    AddressRefused,
    Letter,
    LetterKind,
    LetterRefused,
    Mail,
    NotSent,
    call_off,
    deliver_due,
    post,
)
from companion.core.mail.composing import Part, subject_of, text_of

SENDER = "from@example.go.jp"


class Box:
    """Keeps what was sent, or fails as it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.sent: list[EmailMessage] = []
        self.failure = failure

    def send(self, message: EmailMessage) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.sent]


def at(words: str) -> dt.datetime:
    return dt.datetime.strptime("2025-" + words, "%Y-%m-%d %H:%M").replace(tzinfo=JST)


def put(key: str, kind: LetterKind = LetterKind.TEAM, to: str = "a@example.go.jp") -> None:
    with saved():
        post(key, kind, to=to, subject=key, body=f"山田 様\n\n{key}です。\n\n事務局")


def tick(moment: str, box: Box | None = None) -> list[str]:
    box = box or Box()
    with clock.held(at(moment)):
        deliver_due(box, sender=SENDER)
    return box.subjects


# A Tuesday and the days after it: when letters are posted, and what has left by which tick.
DAYS = [
    ("in the evening", [("09-02 20:00", "one")], {"09-02 20:30": [], "09-03 09:00": ["one"]}),
    ("in the morning", [("09-02 10:00", "one")], {"09-02 10:05": [], "09-02 10:10": ["one"]}),
    (
        "two within a few minutes are one mail",
        [("09-02 10:00", "one"), ("09-02 10:04", "two")],
        {"09-02 10:10": ["【お知らせ2件】チームの決定と交代"]},
    ),
    (
        "what comes after the mail of the day waits for the next",
        [("09-02 10:00", "one"), ("09-02 11:00", "two")],
        {"09-02 10:10": ["one"], "09-02 16:00": [], "09-03 08:59": [], "09-03 09:00": ["two"]},
    ),
    ("a weekend", [("09-05 16:55", "one")], {"09-05 17:05": [], "09-08 09:00": ["one"]}),
    ("a late tick", [("09-02 16:40", "one")], {"09-02 17:30": [], "09-03 09:00": ["one"]}),
]


@pytest.mark.parametrize(("name", "posted", "ticks"), DAYS, ids=[day[0] for day in DAYS])
def test_when_letters_leave(
    app: Flask, name: str, posted: list[tuple[str, str]], ticks: dict[str, list[str]]
) -> None:
    moments = [(moment, key, None) for moment, key in posted]
    moments += [(moment, "", subjects) for moment, subjects in ticks.items()]
    for moment, key, subjects in sorted(moments, key=lambda row: row[0]):
        if subjects is None:
            with clock.held(at(moment)):
                put(key)
        else:
            assert (moment, tick(moment)) == (moment, subjects)


def test_a_code_leaves_at_once_and_alone(app: Flask) -> None:
    with clock.held(at("09-06 03:00")):  # a Saturday night
        put("code", LetterKind.CODE)
        put("one")
    assert tick("09-06 03:00") == ["code"]
    assert db.session.scalars(select(Mail)).all() == []


def test_a_code_nobody_waits_for_any_more_is_not_sent(app: Flask) -> None:
    with clock.held(at("09-02 10:00")):
        put("code", LetterKind.CODE)
    assert tick("09-02 10:31") == []
    assert db.session.scalars(select(Letter.state)).all() == ["expired"]


def test_three_business_days_late_is_too_late(app: Flask) -> None:
    with clock.held(at("09-02 10:00")):
        put("tuesday")
    with clock.held(at("09-03 10:00")):
        put("wednesday")
    assert tick("09-08 09:00") == ["wednesday"]  # Monday: Wednesday is three business days ago
    states = dict(db.session.execute(select(Letter.key, Letter.state)).all())
    assert states == {"tuesday": "expired", "wednesday": "sent"}


def test_a_server_that_is_down_costs_nothing(app: Flask) -> None:
    for number in range(3):
        put(f"letter {number}", to=f"{number}@example.go.jp")
    assert tick("09-02 10:10", Box(NotSent("down", is_down=True))) == []
    assert set(db.session.scalars(select(Letter.state))) == {"queued"}
    assert sorted(tick("09-02 10:10")) == ["letter 0", "letter 1", "letter 2"]


def test_an_address_that_is_asked_to_wait_does_not_hold_up_the_others(app: Flask) -> None:
    put("one")
    put("two", to="b@example.go.jp")
    assert tick("09-02 10:10", Box(NotSent("450", is_down=False))) == []
    assert tick("09-02 10:20") == []
    assert tick("09-02 10:25") == ["one", "two"]


def test_an_address_that_is_refused_is_told(app: Flask) -> None:
    told: list[str] = []
    listener = lambda news: told.append(news.key)  # noqa: E731
    events.on(LetterRefused)(listener)
    put("one")
    assert tick("09-02 10:10", Box(AddressRefused("550"))) == []
    events._listeners[LetterRefused].remove(listener)
    assert told == ["one"]
    assert db.session.scalars(select(Letter.state)).all() == ["refused"]


def test_what_is_called_off_does_not_leave(app: Flask) -> None:
    put("survey/1/open")
    put("survey/12/open")
    with saved():
        call_off("survey/1/")
    assert tick("09-02 10:10") == ["survey/12/open"]


def test_two_letters_make_one_text() -> None:
    parts = [
        Part(LetterKind.SURVEY, "回答のお願い", "山田 様\n\n回答してください。\n\n事務局\n"),
        Part(LetterKind.ACTION, "宿題の期限", "山田 様\n\n期限です。\n\nまた。\n\n事務局\n"),
    ]
    assert subject_of(parts) == "【お知らせ2件】アンケートの回答のお願い、宿題の期限"
    assert (
        text_of(parts, choices="https://example.jp/c")
        == """山田 様

本日のお知らせは2件です。

━━━━━━━━━━━━━━━━━━━━
１　回答のお願い
━━━━━━━━━━━━━━━━━━━━

回答してください。

━━━━━━━━━━━━━━━━━━━━
２　宿題の期限
━━━━━━━━━━━━━━━━━━━━

期限です。

また。

━━━━━━━━━━━━━━━━━━━━
事務局

-- 
「宿題の期限」は、次のページで止められます。
「アンケートの回答のお願い」は業務に必要なため、止められません。
届くお知らせの確認と変更（サインイン不要）：https://example.jp/c
"""
    )
