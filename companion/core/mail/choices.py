"""What somebody wants letters about: an address chooses, by a signed link or signed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select, update

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.keys import secret_keys
from companion.core.mail.kinds import MAY_STOP, LetterKind
from companion.core.mail.models import Letter, StoppedLetters


def _signer() -> URLSafeSerializer:
    # The last key signs; a letter of before the present key is still answered.
    return URLSafeSerializer(secret_keys()[::-1], salt="letter-choices")


def choices_link(address: str, kinds: Iterable[LetterKind] = ()) -> str:
    """The page where the reader of a mail chooses; `kinds` are those that one click stops."""
    stopped = sorted({kind.value for kind in kinds if kind.manner.may_stop})
    token = _signer().dumps([address.lower(), stopped])
    base = current_app.config["EXTERNAL_BASE_URL"]
    return f"{base}/letters/choices/{token}"


def read_token(token: str) -> tuple[str, list[LetterKind]] | None:
    """Whose choices a link opens, and what one click stops; None for a link that is not ours."""
    try:
        address, kinds = _signer().loads(token)
        return str(address), [LetterKind(kind) for kind in kinds]
    except (BadSignature, ValueError, TypeError):
        return None


def stopped_kinds(address: str) -> set[LetterKind]:
    """What an address wants no letters about."""
    return set(
        db.session.scalars(
            select(StoppedLetters.kind).where(StoppedLetters.address == address.lower())
        )
    )


def choose(address: str, stopped: Collection[LetterKind], *, by: Viewer | None) -> None:
    """From now on no letters of these kinds, and all others; letters that wait go along.

    Raises:
        ValueError: one of the kinds is needed for the work and cannot be stopped.
    """
    address = address.lower()
    if not set(stopped) <= set(MAY_STOP):
        raise ValueError("letters of this kind cannot be stopped")
    before = stopped_kinds(address)
    db.session.execute(
        delete(StoppedLetters).where(
            StoppedLetters.address == address, StoppedLetters.kind.not_in(set(stopped))
        )
    )
    for kind in set(stopped) - before:
        db.session.add(StoppedLetters(address=address, kind=kind, stopped_at=clock.now()))
        db.session.execute(
            update(Letter)
            .where(Letter.recipient == address, Letter.kind == kind, Letter.state == "queued")
            .values(state="unwanted")
        )
    if before != set(stopped):
        words = {"before": sorted(before), "after": sorted(set(stopped))}
        audit.record("letter.choose", f"…@{address.partition('@')[2]}", by=by, **words)
    db.session.flush()
