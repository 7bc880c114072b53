"""Codes in letters: eight digits for signing in, and the longer one of an invitation.

Both are stored as password hashes, die after too many tries, and are typed: a mail scanner that
follows every link, or even sends every form it finds, spends nothing.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app
from flask_security import hash_password
from sqlalchemy import delete, select, update

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import LetterKind, post
from companion.people.hashing import matches
from companion.people.limits import hash_of
from companion.people.models import MailedCode, User
from companion.people.rules import CODE_LIFE, CODE_PAUSE, CODE_TRIES, INVITATION_LIFE
from companion.people.terms import CodePurpose

# Crockford's digits: what looks alike is not among them. 12 of them hold 60 bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
INVITATION_TRIES = 20


def mail_code(user: User) -> str:
    """Send a code of eight digits; returns the nonce that only the asking browser holds.

    Raises:
        Refused: the last one left less than a minute ago.
    """
    last = _live(user, CodePurpose.SIGN_IN)
    if last is not None and last.sent_at > clock.now() - CODE_PAUSE:
        raise Refused("コードは先ほど送りました。1分たってから、もう一度お試しください。")
    code, nonce = f"{secrets.randbelow(10**8):08}", secrets.token_urlsafe(32)
    row = _replace(user, CodePurpose.SIGN_IN, code, nonce=nonce)
    post(
        f"sign-in-code/{user.id}/{row.id}/{row.sent_at.timestamp()}",
        LetterKind.CODE,
        to=user.email,
        subject="サインインの確認コード",
        body=_text("code", user=user, code=code),
    )
    return nonce


def is_mailed_code(user: User, code: str, *, nonce: str) -> bool:
    """True when it is the live code and this browser asked for it; a right one is used up."""
    row = _live(user, CodePurpose.SIGN_IN)
    if row is None or not nonce or row.nonce_hash != hash_of(nonce):
        return False  # another browser's try costs the owner none
    return _try(row, code, CODE_TRIES)


def invite(user: User, *, by: Viewer | None) -> None:
    """Send an invitation: with its code the person sets a password and signs in.

    Whoever is invited is in post: the next confirmation is owed three months from now.
    """
    user.confirmed_on, user.left_told_on = clock.today(), None
    drawn = "".join(secrets.choice(LETTERS) for _ in range(12))
    row = _replace(user, CodePurpose.INVITATION, drawn, nonce=None)
    post(
        f"invitation/{user.id}/{row.id}/{row.sent_at.timestamp()}",
        LetterKind.INVITATION,
        to=user.email,
        subject="運営システムへの招待",
        body=_text(
            "invitation",
            user=user,
            code="-".join(drawn[at : at + 4] for at in (0, 4, 8)),
            link=f"{current_app.config['EXTERNAL_BASE_URL']}/welcome",
            expires_at=row.expires_at,
        ),
    )
    audit.record("user.invite", user.public_id, by=by)


def _text(name: str, **values: Any) -> str:
    # Without the frame of a page: commands write letters too, and nobody looks at a page then.
    return current_app.jinja_env.get_template(f"people/letters/{name}.txt").render(**values)


def plain_invitation(code: str) -> str:
    """An invitation's code as it is stored: without hyphens, O and I read as digits."""
    upper = code.upper().translate(str.maketrans("OIL", "011"))
    return "".join(letter for letter in upper if letter in LETTERS)


def is_invitation(user: User | None, code: str, *, nobodys: str) -> bool:
    """True when it is the person's live invitation; it stays so until a password is set.

    For nobody's address the same work is done with `nobodys` hash.
    """
    row = _live(user, CodePurpose.INVITATION) if user is not None and user.is_open else None
    if row is None:
        matches(plain_invitation(code), nobodys)
        return False
    return _try(row, plain_invitation(code), INVITATION_TRIES, keep=True)


def use_invitation(user: User) -> bool:
    """Use the invitation up; False when it has been used or has expired meanwhile."""
    row = _live(user, CodePurpose.INVITATION)
    if row is None:
        return False
    db.session.delete(row)
    return True


def _live(user: User, purpose: CodePurpose) -> MailedCode | None:
    return db.session.scalar(
        select(MailedCode).where(
            MailedCode.user_id == user.id,
            MailedCode.purpose == purpose,
            MailedCode.expires_at > clock.now(),
        )
    )


def _replace(user: User, purpose: CodePurpose, code: str, *, nonce: str | None) -> MailedCode:
    db.session.execute(
        delete(MailedCode).where(MailedCode.user_id == user.id, MailedCode.purpose == purpose)
    )
    now = clock.now()
    row = MailedCode(
        user_id=user.id,
        purpose=purpose,
        code_hash=hash_password(code),
        nonce_hash=hash_of(nonce) if nonce else None,
        sent_at=now,
        expires_at=now + (CODE_LIFE if purpose is CodePurpose.SIGN_IN else INVITATION_LIFE),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _try(row: MailedCode, code: str, limit: int, *, keep: bool = False) -> bool:
    # Counted by the database before comparing: two tries at once are two tries.
    counted = db.session.execute(
        update(MailedCode)
        .where(MailedCode.id == row.id, MailedCode.tries < limit)
        .values(tries=MailedCode.tries + 1)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]
        return False
    if not matches(code, row.code_hash):
        return False
    if not keep:
        db.session.delete(row)
    return True
