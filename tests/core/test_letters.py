"""A letter has one recipient, no attachment, and no header that somebody else has written."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from companion.core import clock
from companion.core.db import db, saved
from companion.core.mail import Letter, LetterKind, Mail, deliver_due, post
from tests.conftest import MOMENT

BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\x1c"]
TAILS = ["Bcc: c@d.jp", "Cc: c@d.jp", "To: c@d.jp", "\r\nbody", " folded", "X: y"]
INJECTIONS = [
    *(("a@b.jp" + mark + tail, "件名") for mark in BREAKS for tail in TAILS),
    *(("a@b.jp", "件名" + mark + tail) for mark in BREAKS for tail in TAILS),
    *(
        (to, "件名")
        for to in ("a@b.jp,c@d.jp", "a@b.jp;c@d.jp", "a <a@b.jp>", "", "a", "@", "a b@c")
    ),
]


class Box:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("to", "subject"), INJECTIONS)
def test_what_would_add_a_header_or_a_recipient_is_refused(
    app: Flask, to: str, subject: str
) -> None:
    with pytest.raises(ValueError, match=r"address|line break"):
        post("example", LetterKind.TEAM, to=to, subject=subject, body="本文")


LATER = MOMENT + dt.timedelta(minutes=10)
KINDS = st.sampled_from(sorted(LetterKind))
LETTERS = st.tuples(st.sampled_from("abc"), KINDS, st.text(max_size=30), st.text())


@pytest.mark.sqlite_only
def test_whatever_is_posted_goes_to_one_person_each(
    app: Flask, request: pytest.FixtureRequest
) -> None:
    """With --long more than 5,000 are sent."""
    runs = 2_500 if request.config.getoption("--long") else 25
    settings(max_examples=runs, deadline=None)(
        given(st.lists(LETTERS, max_size=40))(check_letters)
    )()


def check_letters(letters: list[tuple[str, LetterKind, str, str]]) -> None:
    box, urgent, people = Box(), 0, set()
    with saved():
        for table in (Letter, Mail):
            db.session.execute(delete(table))
        for number, (name, kind, subject, body) in enumerate(letters):
            try:
                clean = body.encode("utf-8", "ignore").decode().replace("\x00", "")
                post(f"{number}", kind, to=name + "@b.jp", subject=subject, body=clean)
            except ValueError:
                continue
            urgent += kind.is_urgent
            people |= set() if kind.is_urgent else {name}
        db.session.flush()
    with clock.held(LATER):
        while deliver_due(box, sender="from@b.jp"):
            pass
    assert len(box.sent) == urgent + len(people)
    for message in box.sent:
        assert len(message.get_all("To") or []) == 1
        assert not {"Cc", "Bcc"} & set(message.keys())
        assert not list(message.iter_attachments())
