"""The sign-ins that are open: beginning, changing role, ending."""

from __future__ import annotations

import secrets

from flask import current_app
from sqlalchemy import select

from companion.core import audit, clock
from companion.core.access import Role, Viewer, roles_held, viewer_of
from companion.core.db import db
from companion.core.mail import LetterKind, post
from companion.people.limits import Browser, hash_of
from companion.people.models import SignIn, User
from companion.people.rules import is_demo_account, whole_limit


def open_sign_in(
    user: User, *, token: str, browser: Browser, via: str, role: Role | None = None
) -> SignIn:
    """Note a new sign-in, and tell the person when it is the first from a device."""
    now = clock.now()
    role = role or roles_held(user)[0]
    known = set(db.session.scalars(select(SignIn.device_hash).where(SignIn.user_id == user.id)))
    row = SignIn(
        user_id=user.id,
        token_hash=hash_of(token),
        role=role,
        via=via,
        device_hash=browser.device_hash,
        device=browser.name[:100],
        address=browser.address,
        started_at=now,
        ends_at=now + whole_limit(role),
        fresh_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("sign_in.begin", user.public_id, by=viewer_of(user, role), via=via)
    if known and row.device_hash not in known and not is_demo_account(user.email):
        _tell_of_device(user, row)
    return row


def _tell_of_device(user: User, row: SignIn) -> None:
    post(
        f"new-device/{row.public_id}",
        LetterKind.DEVICE,
        to=user.email,
        subject="新しい端末からサインインがありました",
        body=current_app.jinja_env.get_template("people/letters/new_device.txt").render(
            user=user, sign_in=row
        ),
    )


def change_role(row: SignIn, role: Role, *, token: str, by: Viewer) -> SignIn:
    """Go on in another role under a new token; the old one ends, the limits stay."""
    now = clock.now()
    row.ended_at = now
    # Somebody who changes into a role with shorter limits gets them from here.
    then = SignIn(
        user_id=row.user_id,
        token_hash=hash_of(token),
        role=role,
        via=row.via,
        device_hash=row.device_hash,
        device=row.device,
        address=row.address,
        started_at=now,
        ends_at=min(row.ends_at, now + whole_limit(role)),
        fresh_at=row.fresh_at,
    )
    db.session.add(then)
    audit.record("sign_in.role", role.value, by=by)
    return then


def open_sign_ins(user_id: int) -> list[SignIn]:
    """The sign-ins of an account that have not ended, the newest first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(
                SignIn.user_id == user_id,
                SignIn.ended_at.is_(None),
                SignIn.ends_at > clock.now(),
            )
            .order_by(SignIn.started_at.desc(), SignIn.id.desc())
        )
    )


def end_sign_in(row: SignIn, *, by: Viewer) -> None:
    """End one sign-in; every copy of its cookie is worth nothing from now on."""
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record("sign_in.end", row.public_id, by=by)


def revoke(user: User, *, but: SignIn | None = None) -> int:
    """End every sign-in of an account (but one); returns how many there were."""
    rows = [row for row in open_sign_ins(user.id) if but is None or row.id != but.id]
    for row in rows:
        row.ended_at = clock.now()
    if but is None:
        user.fs_uniquifier = secrets.token_hex(32)
    return len(rows)
