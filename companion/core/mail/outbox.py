"""The outbox: putting letters in under a natural key, and what a person decides about them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from sqlalchemy import select, update

from companion.core import clock
from companion.core.businessdays import business_moment
from companion.core.db import db
from companion.core.mail.choices import stopped_kinds
from companion.core.mail.kinds import LetterKind
from companion.core.mail.models import Letter, Mail

# One address and nothing else: no name before it, no list, no second header.
_PART = r"[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f-\x9f]+"
ONE_ADDRESS = re.compile(f"{_PART}@{_PART}")

# Longer than any sending takes.
CUT_OFF = dt.timedelta(minutes=10)
# So long a letter waits for others to the same person, and for somebody who wants to stop it.
GATHERING = dt.timedelta(minutes=10)


def is_address(text: str) -> bool:
    """True when a letter can go there."""
    return ONE_ADDRESS.fullmatch(text) is not None


def post(
    key: str,
    kind: LetterKind,
    *,
    to: str,
    subject: str,
    body: str,
    due_at: dt.datetime | None = None,
) -> Letter | None:
    """Put a letter into the outbox; None when this very letter is already there.

    `key` names kind, subject, person and slot, such as `survey/2025/official_eval/12/open`. Without
    `due_at` an urgent letter is due now, any other after ten minutes, within business hours.

    Raises:
        ValueError: the recipient is not exactly one address, or a header holds a control character
            (header injection).
    """
    if not is_address(to):
        raise ValueError("a letter goes to exactly one address")
    if any(unicodedata.category(mark) in {"Cc", "Zl", "Zp"} for mark in subject):
        raise ValueError("a header may not hold a line break")
    if db.session.scalar(select(Letter.id).where(Letter.key == key)):
        return None
    now = clock.now()
    letter = Letter(
        key=key,
        kind=kind,
        recipient=to.lower(),
        subject=subject,
        body=body,
        due_at=due_at or (now if kind.is_urgent else business_moment(now + GATHERING)),
        state="unwanted" if kind.manner.may_stop and kind in stopped_kinds(to) else "queued",
    )
    db.session.add(letter)
    return letter


def call_off(prefix: str) -> None:
    """Letters whose keys begin so and that have not left yet are not needed any more."""
    db.session.execute(
        update(Letter)
        .where(Letter.key.startswith(prefix, autoescape=True), Letter.state == "queued")
        .values(state="dropped")
    )


def unresolved(letter: Letter) -> bool:
    """True when a person has to decide: cut off while it left, too old, or its address refused.

    A claim from the future is one too: the clock was wrong then, or is now.
    """
    if letter.state in {"expired", "refused"}:
        return True
    return letter.state == "sending" and abs(clock.now() - letter.claimed_at) > CUT_OFF  # type: ignore[operator]


def resolve(letter: Letter, *, send_again: bool) -> None:
    """A person's decision about an unresolved letter and those that were to leave with it.

    Once more, or let it rest.

    Raises:
        ValueError: nobody has to decide about it.
    """
    if not unresolved(letter):
        raise ValueError("this letter needs no decision")
    together = [letter]
    if letter.mail_id is not None:
        together = list(db.session.scalars(select(Letter).where(Letter.mail_id == letter.mail_id)))
        db.session.get_one(Mail, letter.mail_id).day = None
    for one in together:
        if send_again:
            one.state, one.due_at, one.claimed_at, one.mail_id = "queued", clock.now(), None, None
        else:
            one.state = "dropped"
    db.session.flush()
