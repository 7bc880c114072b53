"""A letter has one recipient, no attachment, and no header that somebody else has written."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.core.db import db, saved
from companion.core.mail import deliver_due, post

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
        post("example", to=to, subject=subject, body="本文")


@pytest.mark.sqlite_only
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.text()), max_size=60))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_posted_goes_to_one_person_each(
    app: Flask, letters: list[tuple[str, str, str]]
) -> None:
    box, accepted = Box(), 0
    with saved():
        for number, (name, subject, body) in enumerate(letters):
            try:
                clean = body.encode("utf-8", "ignore").decode().replace("\x00", "")
                posted = post(
                    f"{id(letters)}/{number}", to=name + "@b.jp", subject=subject, body=clean
                )
            except ValueError:
                continue
            accepted += posted is not None
        db.session.flush()
    while deliver_due(box, sender="from@b.jp"):
        pass
    assert len(box.sent) == accepted
    for message in box.sent:
        assert len(message.get_all("To") or []) == 1
        assert not {"Cc", "Bcc"} & set(message.keys())
        assert not list(message.iter_attachments())
