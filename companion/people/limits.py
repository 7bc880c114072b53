"""The password, and how often it and other proofs may be tried.

What somebody without an account is told, and the work done for it, is the same as for an account
with another password: the same statements, one password hash, the same waiting.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import cache

from flask_security import hash_password
from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from companion.core import clock
from companion.core.db import db
from companion.people.hashing import is_of_before, matches
from companion.people.models import SignIn, SignInFailure, User
from companion.people.rules import (
    ACCOUNT_FAILURES,
    ADDRESS_FAILURES,
    HOUR,
    is_closed,
    normal,
    pause_after,
)


@dataclass(frozen=True)
class Browser:
    """Where a request comes from: its address, what it calls itself, and its device cookie."""

    address: str
    name: str
    device: str

    @property
    def device_hash(self) -> str:
        """What is stored of the device cookie."""
        return hash_of(self.device)


class TooOften(Exception):
    """Too many failures: nothing is tried until `minutes` have passed."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def hash_of(secret: str) -> str:
    """What is stored of a random secret of 256 bits, which nobody can guess from its hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def nobodys_password() -> str:
    """The hash that is compared where there is no account."""
    # Made with the present settings, so that comparing with it costs what a real one costs.
    return str(hash_password(secrets.token_urlsafe(32)))


def check_password(email: str, password: str, *, browser: Browser) -> User | None:
    """The account with that address and password; None counts as a failure.

    Raises:
        TooOften: there were too many failures; the password is not even compared.
    """
    address = email.strip().lower()
    limits = _limits(address, browser)
    _hold_back(limits)
    nobodys = nobodys_password()
    row = db.session.execute(
        select(User.id, User.password, User.active, User.term_ends_on).where(User.email == address)
    ).first()
    is_right = matches(normal(password), (row and row.password) or nobodys)
    is_shut = row is None or not row.active or is_closed(row.term_ends_on, clock.today())
    if row is None or is_shut or not (row.password and is_right):
        count_failure(limits)
        return None
    forget_failures(limits)
    user = db.session.get_one(User, row.id)
    if is_of_before(normal(password), row.password):
        user.password = str(hash_password(normal(password)))
    return user


Limits = dict[str, str]


def _limits(email: str, browser: Browser, what: str = "password") -> Limits:
    """The counters that a try belongs to: kind -> key."""
    name = f"{what}|{email}"
    keys = {
        "pair": hash_of(f"pair|{name}|{browser.address}"),
        "address": hash_of(f"address|{browser.address}"),
    }
    # Strangers cannot make a browser wait that its owner has used before.
    is_known = db.session.scalar(
        select(
            exists().where(
                SignIn.user_id == User.id,
                User.email == email,
                SignIn.device_hash == browser.device_hash,
            )
        )
    )
    if not is_known:
        keys["account"] = hash_of(f"account|{name}")
    return keys


def _hold_back(limits: Limits) -> None:
    now = clock.now()
    rows = {
        row.key: row
        for row in db.session.scalars(
            select(SignInFailure).where(SignInFailure.key.in_(limits.values()))
        )
    }
    until = now
    for kind, key in limits.items():
        row = rows.get(key)
        if row is None:
            continue
        if kind == "pair":
            if row.last_at > now - 24 * HOUR:
                until = max(until, row.last_at + pause_after(row.count))
        elif row.count >= (ACCOUNT_FAILURES if kind == "account" else ADDRESS_FAILURES):
            until = max(until, row.first_at + HOUR)
    if until > now:
        raise TooOften(-int((now - until).total_seconds() // 60))


def count_failure(limits: Limits) -> None:
    """Count a failure on each counter; what is too old begins anew."""
    now = clock.now()
    for kind, key in limits.items():
        start = SignInFailure.last_at if kind == "pair" else SignInFailure.first_at
        age = 24 * HOUR if kind == "pair" else HOUR
        db.session.execute(
            delete(SignInFailure).where(SignInFailure.key == key, start <= now - age)
        )
        if _add_one(key, now):
            continue
        try:
            with db.session.begin_nested():
                db.session.add(SignInFailure(key=key, first_at=now, last_at=now))
        except IntegrityError:  # another try of the same moment came first
            _add_one(key, now)


def _add_one(key: str, now: dt.datetime) -> bool:
    done = db.session.execute(
        update(SignInFailure)
        .where(SignInFailure.key == key)
        .values(count=SignInFailure.count + 1, last_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_failures(limits: Limits) -> None:
    """After a success the account's own waiting ends; what others tried elsewhere stays counted."""
    db.session.execute(
        delete(SignInFailure)
        .where(SignInFailure.key == limits["pair"])
        .execution_options(synchronize_session=False)
    )


def try_limits(email: str, what: str, *, browser: Browser) -> Limits:
    """The counters of another proof than the password (`what`), checked.

    Raises:
        TooOften: there were too many failures.
    """
    limits = _limits(email, browser, what)
    _hold_back(limits)
    return limits
