"""Letters: an outbox with a natural unique key, claimed before sending, one recipient each."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import smtplib
import unicodedata
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from companion.core import clock
from companion.core.db import Base, UtcDateTime, db, saved


class Letter(Base):
    """One letter to one person about one thing in one slot; the same letter cannot exist twice."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(12), default="queued", index=True)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


# One address and nothing else: no name before it, no list, no second header.
_PART = r"[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f-\x9f]+"
ONE_ADDRESS = re.compile(f"{_PART}@{_PART}")
# Letters that carry a secret: nothing of it stays in the outbox once they have left.
SECRET_LETTERS = ("sign-in-code/", "invitation/")


# Longer than any sending takes; later than this a letter would only confuse.
CUT_OFF, STALE = dt.timedelta(minutes=10), dt.timedelta(days=3)


class Mailbox(Protocol):
    """Where letters go: a folder, an SMTP server, or a test's list."""

    def send(self, message: EmailMessage) -> None: ...


class FolderMailbox:
    """The default: each letter becomes an .eml file that a person can open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:20]
        (self.folder / f"{name}.eml").write_bytes(bytes(message))


class SmtpMailbox:
    """A mail server of the office (host:port)."""

    def __init__(self, address: str) -> None:
        self.address = address

    def send(self, message: EmailMessage) -> None:
        host, _, port = self.address.partition(":")
        with smtplib.SMTP(host, int(port or 25), timeout=30) as server:
            server.send_message(message)


def post(
    key: str, *, to: str, subject: str, body: str, due_at: dt.datetime | None = None
) -> Letter | None:
    """Put a letter into the outbox; None when this very letter is already there.

    `key` names kind, subject, person and slot, such as `survey-open/official_eval/12/2025`.

    Raises:
        ValueError: the recipient is not exactly one address, or a header holds a control character
            (header injection).
    """
    if not ONE_ADDRESS.fullmatch(to):
        raise ValueError("a letter goes to exactly one address")
    if any(unicodedata.category(mark) in {"Cc", "Zl", "Zp"} for mark in subject):
        raise ValueError("a header may not hold a line break")
    if db.session.scalar(select(Letter.id).where(Letter.key == key)):
        return None
    letter = Letter(key=key, recipient=to, subject=subject, body=body, due_at=due_at or clock.now())
    db.session.add(letter)
    return letter


def _expire() -> None:
    """After a long outage old letters would only confuse: they stay, marked, for a person."""
    db.session.execute(
        update(Letter)
        .where(Letter.state == "queued", Letter.due_at < clock.now() - STALE)
        .values(state="expired")
    )


def unresolved(letter: Letter) -> bool:
    """True when a person has to decide: sending was cut off, or the letter is too old to send."""
    if letter.state == "expired":
        return True
    return letter.state == "sending" and (letter.claimed_at or clock.now()) < clock.now() - CUT_OFF


def resolve(letter: Letter, *, send_again: bool) -> None:
    """A person's decision about an unresolved letter: once more, or let it rest.

    Raises:
        ValueError: nobody has to decide about it.
    """
    if not unresolved(letter):
        raise ValueError("this letter needs no decision")
    if send_again:
        letter.state, letter.due_at, letter.claimed_at = "queued", clock.now(), None
    else:
        letter.state = "dropped"


def deliver_due(mailbox: Mailbox, *, sender: str, limit: int = 100) -> int:
    """Send what is due, each letter claimed in its own transaction before it leaves.

    A letter whose sending was cut off stays `sending`: a person decides about it, because it may
    have arrived. Returns how many were sent.
    """
    with saved():
        _expire()
        due = db.session.scalars(
            select(Letter.id)
            .where(Letter.state == "queued", Letter.due_at <= clock.now())
            .order_by(Letter.due_at, Letter.id)
            .limit(limit)
        ).all()
    sent = 0
    for letter_id in due:
        with saved():
            claimed = db.session.execute(
                update(Letter)
                .where(Letter.id == letter_id, Letter.state == "queued")
                .values(state="sending", claimed_at=clock.now())
            )
            if claimed.rowcount != 1:  # type: ignore[attr-defined]
                continue
            letter = db.session.get_one(Letter, letter_id)
            message = EmailMessage()
            message["From"], message["To"] = sender, letter.recipient
            message["Subject"] = letter.subject
            digest = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
            message["Message-ID"] = f"<{digest}@companion.invalid>"
            message.set_content(letter.body)
        mailbox.send(message)
        with saved():
            done = db.session.get_one(Letter, letter_id)
            done.state, done.sent_at = "sent", clock.now()
            if done.key.startswith(SECRET_LETTERS):
                done.body = "（送付済み。中の秘密は残しません。）"
        sent += 1
    return sent
