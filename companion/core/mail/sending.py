"""Sending what is due: claimed in a transaction of its own, sent, marked.

A mail whose sending was cut off stays `sending`: a person decides about it, because it may have
arrived. However many processes send, the unique day of a person's mail and the state of an urgent
letter let one of them claim it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from companion.core import clock, events
from companion.core.businessdays import CLOSES, OPENS, is_open, move, next_opening
from companion.core.db import db, saved
from companion.core.errors import log
from companion.core.mail.choices import choices_link
from companion.core.mail.composing import Part, subject_of, text_of, without_secrets
from companion.core.mail.kinds import URGENT, LetterKind
from companion.core.mail.mailboxes import AddressRefused, Mailbox, NotSent
from companion.core.mail.models import Letter, Mail

STALE_DAYS = 3  # business days; later than this a letter would only confuse
RETRY = dt.timedelta(minutes=15)
# Letters that carry a code: nothing of it stays in the outbox once they have left.
CODES = (LetterKind.CODE, LetterKind.INVITATION)


@dataclass(frozen=True)
class LetterSent:
    """A letter has left; the key says which."""

    key: str


@dataclass(frozen=True)
class LetterRefused:
    """The server of the address does not take the letter; the key says which."""

    key: str


def deliver_due(mailbox: Mailbox, *, sender: str, limit: int = 200) -> int:
    """Send what is due; returns how many mails were sent."""
    with saved():
        _expire()
        _hold_back()
    with saved():
        urgent = db.session.scalars(
            select(Letter.id).where(_is_due(), Letter.kind.in_(URGENT)).order_by(Letter.id)
        ).all()
        waiting: list[str] = []
        if is_open(clock.now()):
            waiting = list(
                db.session.scalars(
                    select(Letter.recipient)
                    .distinct()
                    .where(_is_due(), Letter.kind.not_in(URGENT))
                    .order_by(Letter.recipient)
                    .limit(limit)
                )
            )
    sent = 0
    claims = [
        *(partial(_claim_letter, letter_id) for letter_id in urgent),
        *(partial(_claim_day, recipient) for recipient in waiting),
    ]
    for claim in claims:
        ids = claim()
        if ids:
            try:
                sent += _send(mailbox, ids, sender)
            except NotSent as failure:
                log.warning("mail not sent: %s", failure)
                if failure.is_down:
                    break  # the others would not leave either; they wait unclaimed
    return sent


def _is_due() -> ColumnElement[bool]:
    return and_(Letter.state == "queued", Letter.due_at <= clock.now())


def stale_before(now: dt.datetime) -> dt.datetime:
    """Letters that were due before this moment are too old to be sent."""
    return clock.at_jst(move(clock.to_jst(now).date(), -STALE_DAYS), OPENS)


def _expire() -> None:
    """After a long outage old letters would only confuse: they stay, marked, for a person."""
    now = clock.now()
    too_old = [and_(Letter.kind.not_in(URGENT), Letter.due_at < stale_before(now))]
    for kind in URGENT:
        life = kind.manner.life or dt.timedelta(0)
        too_old.append(and_(Letter.kind == kind, Letter.due_at < now - life))
    db.session.execute(
        update(Letter).where(Letter.state == "queued", or_(*too_old)).values(state="expired")
    )


def _hold_back() -> None:
    """Whoever has had the day's mail gets what came later on the next business day."""
    had = select(Mail.recipient).where(Mail.day == clock.today())
    db.session.execute(
        update(Letter)
        .where(_is_due(), Letter.kind.not_in(URGENT), Letter.recipient.in_(had))
        .values(due_at=next_opening(clock.now()))
    )


def _claim_letter(letter_id: int) -> list[int]:
    with saved():
        claimed = db.session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state == "queued")
            .values(state="sending", claimed_at=clock.now())
        )
    return [letter_id] if claimed.rowcount == 1 else []  # type: ignore[attr-defined]


class _NothingLeft(Exception):
    """Undoes the claim of a day without letters."""


def _claim_day(recipient: str) -> list[int]:
    """The person's letters of today, claimed together; nothing when somebody else has them."""
    today = clock.today()
    digest = hashlib.sha256(f"{recipient}/{today}".encode()).hexdigest()[:32]
    try:
        with saved():
            mail = Mail(recipient=recipient, day=today, message_id=digest)
            db.session.add(mail)
            db.session.flush()
            db.session.execute(
                update(Letter)
                .where(
                    Letter.state == "queued",
                    Letter.due_at <= clock.at_jst(today, CLOSES),  # later today goes along
                    Letter.recipient == recipient,
                    Letter.kind.not_in(URGENT),
                )
                .values(state="sending", claimed_at=clock.now(), mail_id=mail.id)
            )
            ids = select(Letter.id).where(Letter.mail_id == mail.id).order_by(Letter.id)
            found = list(db.session.scalars(ids))
            if not found:
                raise _NothingLeft
    except (IntegrityError, _NothingLeft):
        return []
    return found


def _send(mailbox: Mailbox, ids: list[int], sender: str) -> int:
    message = _message(ids, sender)
    try:
        mailbox.send(message)
    except NotSent as failure:
        with saved():
            _release(ids, dt.timedelta(0) if failure.is_down else RETRY)
        raise
    except AddressRefused:
        with saved():
            for letter in _letters(ids):
                letter.state = "refused"
                events.publish(LetterRefused(letter.key))
        return 0
    with saved():
        for letter in _letters(ids):
            letter.state, letter.sent_at = "sent", clock.now()
            letter.body = without_secrets(letter.body)
            if letter.kind in CODES:
                letter.body = "（送付済み。中の秘密は残しません。）"
            events.publish(LetterSent(letter.key))
    return 1


def _letters(ids: list[int]) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)))


def _release(ids: list[int], wait: dt.timedelta) -> None:
    letters = _letters(ids)
    mail_id = letters[0].mail_id
    for letter in letters:
        letter.state, letter.claimed_at, letter.mail_id = "queued", None, None
        letter.due_at = max(letter.due_at, clock.now() + wait) if wait else letter.due_at
    db.session.flush()
    db.session.execute(delete(Mail).where(Mail.id == mail_id))


def _message(ids: list[int], sender: str) -> EmailMessage:
    """The mail as it leaves: one address, and a way to choose what comes."""
    with saved():
        letters = _letters(ids)
        first = letters[0]
        message = EmailMessage()
        message["From"], message["To"] = sender, first.recipient
        if first.mail_id is None:
            digest = hashlib.sha256(first.key.encode()).hexdigest()[:32]
            message["Subject"] = first.subject
            message.set_content(first.body)
        else:
            digest = db.session.get_one(Mail, first.mail_id).message_id
            parts = [parts_of(letter) for letter in letters]
            link = choices_link(first.recipient, [part.kind for part in parts])
            message["Subject"] = subject_of(parts)
            message.set_content(text_of(parts, choices=link))
            message["List-Unsubscribe"] = f"<{link}>"
            if any(part.kind.manner.may_stop for part in parts):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        message["Message-ID"] = f"<{digest}@companion.invalid>"
    return message


def parts_of(letter: Letter) -> Part:
    """A letter as a part of a mail."""
    return Part(letter.kind, letter.subject, letter.body)
