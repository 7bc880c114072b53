"""The authenticator app and the recovery codes of an account, on Flask-Security's tools."""

from __future__ import annotations

import secrets
from typing import Any

import qrcode
from flask import current_app
from flask_security import Totp, hash_password
from passlib.totp import TOTP, TotpMatch
from sqlalchemy import delete, exists, select

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import log
from companion.people.hashing import matches
from companion.people.models import Passkey, User
from companion.people.seeds import SeedWallet, UnreadableSeed
from companion.people.terms import Step

RECOVERY_CODES = 10  # of 48 random bits each, hashed like passwords
CLOCK_SKEW = 30  # seconds: one step before and after


class SteppedTotp(Totp):
    """Seeds sealed with a key outside the database; each step of 30 seconds counts once."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:  # the library names them
        self._totp = TOTP.using(
            issuer=issuer, wallet=SeedWallet(secrets), now=lambda: clock.now().timestamp()
        )

    def sealed_anew(self, seed: str) -> str | None:
        """The seed under the present secret key; None when it is. Raises UnreadableSeed."""
        found = self._totp.from_source(seed)
        return str(found.to_json(encrypt=True)) if found.changed else None

    def get_last_counter(self, user: Any) -> int | None:
        """The last step that was used."""
        return user.totp_counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Note the step, so that its code is worth nothing from now on."""
        user.totp_counter = tmatch.counter


def _security() -> Any:
    return current_app.extensions["security"]


def new_seed() -> str:
    """A new seed, encrypted."""
    return str(_security().totp_factory.generate_totp_secret())


def seed_key(seed: str) -> str:
    """The seed as a person types it into an app, in groups of four."""
    return str(_security().totp_factory.get_totp_pretty_key(seed))


def seed_picture(seed: str, user: User) -> tuple[int, str]:
    """The seed as a QR code: its size and the SVG path of its dark squares."""
    code = qrcode.QRCode(border=4)
    code.add_data(_security().totp_factory.get_totp_uri(user.email, seed))
    matrix = code.get_matrix()
    path = "".join(
        f"M{x},{y}h1v1h-1z"
        for y, line in enumerate(matrix)
        for x, is_dark in enumerate(line)
        if is_dark
    )
    return len(matrix), path


def enrol_app(user: User, seed: str, code: str, *, by: Viewer | None) -> list[str] | None:
    """Take an authenticator app into use; returns new recovery codes, None for a wrong code."""
    user.totp_counter = None
    if not _security().totp_factory.verify_totp(code, seed, user, window=CLOCK_SKEW):
        return None
    user.totp_secret = seed
    audit.record("user.app_enrol", user.public_id, by=by)
    return new_recovery_codes(user, by=by)


def new_recovery_codes(user: User, *, by: Viewer | None) -> list[str]:
    """Ten new codes for a day without the device; the old ones die. They are shown once."""
    audit.record("user.recovery_codes", user.public_id, by=by)
    codes = ["-".join(secrets.token_hex(2) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    user.mf_recovery_codes = [str(hash_password(code)) for code in codes]
    return codes


def is_app_code(user: User, code: str) -> bool:
    """True when it is the app's code of this moment, not used before."""
    if not user.totp_secret:
        return False
    db.session.refresh(user, with_for_update=True)  # two at once with the same code: one wins
    factory = _security().totp_factory
    try:
        is_right = factory.verify_totp(code, user.totp_secret, user, window=CLOCK_SKEW)
        user.totp_secret = factory.sealed_anew(user.totp_secret) or user.totp_secret
    except UnreadableSeed:
        log.error("the seed of an app cannot be opened: is its secret key kept?")
        return False
    return bool(is_right)


def seal_seeds_anew() -> tuple[int, int]:
    """Seal every seed under the present secret key; how many were, and how many cannot be opened
    (those apps are set up anew)."""
    done = lost = 0
    for user in db.session.scalars(select(User).where(User.totp_secret.is_not(None))):
        try:
            sealed = _security().totp_factory.sealed_anew(user.totp_secret)
        except UnreadableSeed:
            lost += 1
            continue
        if sealed is not None:
            user.totp_secret, done = sealed, done + 1
    return done, lost


def is_recovery_code(user: User, code: str) -> bool:
    """True when it is one of the ten codes; it is used up."""
    written, util = code.strip().lower(), _security().mf_recovery_codes_util
    db.session.refresh(user, with_for_update=True)
    kept = user.mf_recovery_codes or []
    if kept and not kept[0].startswith("$"):  # of before they were hashed: encrypted
        is_right = util.check_recovery_code(user, written)
        return bool(is_right and util.delete_recovery_code(user, written))
    left = [hashed for hashed in kept if not matches(written, hashed)]
    user.mf_recovery_codes = left or None
    return len(left) < len(kept)


def steps_enrolled(user: User) -> set[Step]:
    """What an account has set up, letters aside."""
    found = {Step.APP} if user.totp_secret else set()
    if user.mf_recovery_codes:
        found.add(Step.RECOVERY)
    if db.session.scalar(select(exists().where(Passkey.user_id == user.id))):
        found.add(Step.PASSKEY)
    return found


def forget_factors(user: User, *, by: Viewer) -> None:
    """Everything that was lost with a device; the person sets it up anew after an invitation."""
    user.totp_secret = user.totp_counter = user.mf_recovery_codes = None
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    audit.record("user.factors_forget", user.public_id, by=by)
