"""What is done with accounts."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_security import hash_password
from sqlalchemy import select

from companion.core import audit, clock
from companion.core.access import Role, Viewer
from companion.core.db import db
from companion.core.errors import Refused, log
from companion.core.leaks import is_leaked
from companion.people.ministries import MINISTRIES
from companion.people.models import Ministry, RoleRow, User
from companion.people.queries import active_deputy, find_user, role_row
from companion.people.rules import (
    domain_fault,
    is_demo_account,
    normal,
    password_fault,
    scope_fault,
)
from companion.people.signing_in import revoke
from companion.places.models import Municipality


def seed_masters() -> None:
    """Bring in the six roles and the ministries that are not there yet."""
    known = set(db.session.scalars(select(RoleRow.name)))
    for role in Role:
        if role.value not in known:
            db.session.add(RoleRow(name=role.value, description=role.label))
    present = set(db.session.scalars(select(Ministry.code)))
    for position, ministry in enumerate(MINISTRIES):
        if ministry.code not in present:
            db.session.add(
                Ministry(
                    code=ministry.code,
                    name=ministry.name,
                    parent_code=ministry.parent,
                    position=position,
                )
            )
    db.session.flush()


def add_user(
    *,
    email: str,
    name: str,
    password: str | None = None,
    roles: list[Role],
    lg_code: str | None = None,
    prefecture_code: str | None = None,
    ministry_code: str | None = None,
    term_ends_on: dt.date | None = None,
    by: Viewer | None,
) -> User:
    """Open an account; without a password it waits for an invitation to be followed.

    Raises:
        Refused: the address is malformed, taken or of no office, the password is too weak, or a
            role lacks the municipality, prefecture or ministry that bounds it.
    """
    address = office_address(email)
    fault = scope_fault(
        roles, lg_code=lg_code, prefecture_code=prefecture_code, ministry_code=ministry_code
    )
    if password is not None:
        fault = _fault(password, email=address, name=name) or fault
    if fault:
        raise Refused(fault)
    check_bounds(lg_code, ministry_code)
    user = User(
        email=address,
        name=name.strip() or address,
        password=hash_password(normal(password)) if password is not None else None,
        fs_uniquifier=secrets.token_hex(32),
        lg_code=lg_code,
        prefecture_code=prefecture_code,
        ministry_code=ministry_code,
        term_ends_on=term_ends_on,
        roles=[role_row(role.value) for role in roles],
    )
    db.session.add(user)
    db.session.flush()
    audit.record("user.add", user.public_id, by=by, roles=[role.value for role in roles])
    return user


def _fault(password: str, *, email: str, name: str) -> str | None:
    """Why a password may not be used: guessed too easily, or known from a leak."""
    fault = password_fault(password, email=email, words=[name])
    if fault is not None:
        return fault
    try:
        is_known = is_leaked(normal(password), current_app.config["LEAKED_PASSWORDS"])
    except OSError:
        log.error("the list of leaked passwords cannot be read", exc_info=True)
        return None
    return (
        "外部で漏えいしたことのあるパスワードです。ほかのサービスで使っていない、"
        "別の言葉の組み合わせにしてください。"
        if is_known
        else None
    )


def office_address(email: str) -> str:
    """An address as it is stored, checked for a new account or a change.

    Raises:
        Refused: it is malformed, belongs to an account, or its domain is of no office.
    """
    address = address_of(email, current_app.config["MAIL_DOMAINS"])
    if find_user(address):
        raise Refused(f"メールアドレス「{address}」のアカウントは既にあります。")
    return address


def address_of(email: str, domains: Collection[str]) -> str:
    """An address as it is stored, of an office with one of these domains.

    Raises:
        Refused: it is malformed, or its domain is another.
    """
    address = email.strip().lower()
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused(f"メールアドレス「{email}」の形が正しくありません。") from None
    fault = None if is_demo_account(address) else domain_fault(address, domains)
    if fault:
        raise Refused(fault)
    return address


def check_bounds(lg_code: str | None, ministry_code: str | None) -> None:
    """See that the municipality and the ministry that bound an account are there.

    Raises:
        Refused: one is not.
    """
    if lg_code and db.session.get(Municipality, lg_code) is None:
        raise Refused(f"団体コード「{lg_code}」は団体一覧にありません。")
    if ministry_code and db.session.get(Ministry, ministry_code) is None:
        raise Refused(f"府省庁「{ministry_code}」は一覧にありません。")


def lock_municipality(lg_code: str | None) -> None:
    """Let two who give a municipality a deputy at once come one after the other."""
    one = select(Municipality.lg_code).where(Municipality.lg_code == lg_code)
    db.session.execute(one.with_for_update())


def check_only_deputy(user: User, lg_code: str | None) -> None:
    """See that a deputy would be the municipality's only one.

    Raises:
        Refused: there is another.
    """
    lock_municipality(lg_code)
    present = active_deputy(lg_code)
    if present is not None and present.id != user.id:
        raise Refused(
            f"この自治体には別の代理（{present.name}さん）がいます。先に停止してください。"
        )


def set_active(user: User, is_active: bool, *, by: Viewer) -> None:
    """Stop or reopen an account; a stopped one is signed out at once.

    Raises:
        Refused: one cannot stop the account one is using, or a town has another deputy by now.
    """
    if user.id == by.user_id:
        raise Refused("自分のアカウントは停止できません。別のコーディネーターに依頼してください。")
    if is_active and user.is_deputy:
        check_only_deputy(user, user.lg_code)
    user.active = is_active
    if is_active:
        user.confirmed_on, user.left_told_on = clock.today(), None
    revoke(user)
    audit.record("user.activate" if is_active else "user.stop", user.public_id, by=by)


def set_password(user: User, password: str, *, by: Viewer | None) -> None:
    """Give an account another password; every sign-in ends.

    Raises:
        Refused: it is too short or easily guessed.
    """
    fault = _fault(password, email=user.email, name=user.name)
    if fault:
        raise Refused(fault)
    user.password = hash_password(normal(password))
    revoke(user)
    audit.record("user.password", user.public_id, by=by)
