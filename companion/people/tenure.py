"""What changes about an account while it stands: its address and bounds, its term, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import delete, or_, select, update

from companion.core import audit, clock
from companion.core.access import Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import LetterKind, post
from companion.core.policy import READING_DAYS
from companion.people.actions import check_bounds, check_only_deputy, office_address
from companion.people.models import MailedCode, OfficeIdentity, Passkey, User
from companion.people.rules import STAFF, scope_fault
from companion.people.signing_in import revoke


@dataclass(frozen=True)
class Entry:
    """What a coordinator may write about an account."""

    email: str
    name: str
    lg_code: str | None
    prefecture_code: str | None
    ministry_code: str | None
    term_ends_on: dt.date | None


def entry_of(user: User) -> Entry:
    """What stands there now."""
    return Entry(**{name: getattr(user, name) for name in Entry.__dataclass_fields__})


def edit_account(user: User, entry: Entry, *, by: Viewer) -> None:
    """Write another address, name, bound or term; both addresses are told of a change.

    Raises:
        Refused: nothing changes, the address is taken or of no office, or a bound is missing.
    """
    before = entry_of(user)
    if before == entry:
        raise Refused("変わったところがありません。")
    roles = roles_held(user)
    if entry.term_ends_on is not None and STAFF & set(roles):
        raise Refused("コーディネーターと監査のアカウントには、任期の末日を付けません。")
    fault = scope_fault(
        roles,
        lg_code=entry.lg_code,
        prefecture_code=entry.prefecture_code,
        ministry_code=entry.ministry_code,
    )
    if fault:
        raise Refused(fault)
    check_bounds(entry.lg_code, entry.ministry_code)
    if user.is_deputy and user.active:
        check_only_deputy(user, entry.lg_code)
    address = before.email
    if entry.email.strip().lower() != before.email:
        address = office_address(entry.email)
    for name in Entry.__dataclass_fields__:
        setattr(user, name, getattr(entry, name))
    user.email, user.name = address, entry.name.strip()
    user.version += 1
    db.session.flush()
    after = entry_of(user)
    changed = [name for name in Entry.__dataclass_fields__ if _differs(name, before, after)]
    audit.record("user.edit", user.public_id, by=by, changed=changed)
    if address != before.email:
        _tell_of_address(user, before.email)
    if set(changed) - {"name", "term_ends_on"}:
        revoke(user)


def _differs(name: str, before: Entry, after: Entry) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _tell_of_address(user: User, old: str) -> None:
    db.session.execute(delete(MailedCode).where(MailedCode.user_id == user.id))
    for address in (old, user.email):
        post(
            f"address/{user.public_id}/{user.version}/{address}",
            LetterKind.DEVICE,
            to=address,
            subject="アカウントのメールアドレスが変わりました",
            body=current_app.jinja_env.get_template("people/letters/address.txt").render(
                user=user, at=clock.now()
            ),
        )


def extend_terms(
    until: dt.date, *, emails: Collection[str], lg_codes: Collection[str], by: Viewer | None
) -> int:
    """Let the accounts of those who serve live as long as their team; returns how many grew."""
    grown = db.session.execute(
        update(User)
        .where(
            or_(User.email.in_([one.lower() for one in emails]), User.lg_code.in_(lg_codes)),
            User.term_ends_on < until,
        )
        .values(term_ends_on=until)
        .execution_options(synchronize_session="fetch")
    )
    count = int(grown.rowcount)  # type: ignore[attr-defined]
    if count:
        audit.record("user.terms", until.isoformat(), by=by, accounts=count)
    return count


def close_ended() -> int:
    """Close accounts whose days of reading have passed, and forget what led into them."""
    last = clock.today() - dt.timedelta(days=READING_DAYS)
    rows = list(db.session.scalars(select(User).where(User.active, User.term_ends_on < last)))
    for user in rows:
        user.active = False
        user.password = user.totp_secret = user.totp_counter = user.mf_recovery_codes = None
        for table in (OfficeIdentity, Passkey, MailedCode):
            db.session.execute(delete(table).where(table.user_id == user.id))
        revoke(user)
        audit.record("user.close", user.public_id, by=None)
    return len(rows)
