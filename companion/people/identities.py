"""Who an account is at an office's own sign-in: linking, finding and unlinking.

An identity is the pair (issuer, subject), never a mail address, and belongs to one account. It is
linked only by whoever holds the invitation of the account or is signed in to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from companion.core import audit
from companion.core.access import Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.models import OfficeIdentity, User
from companion.people.offices import Office, may_use

NOT_LINKED = (
    "このサインインは、まだどのアカウントにもつながっていません。招待の手紙にある招待コードを"
    "「はじめてのサインイン」に入力してから、つないでください。"
)


def account_at(issuer: str, subject: str) -> User | None:
    """The account that an identity belongs to, stopped or not."""
    return db.session.scalar(
        select(User)
        .join(OfficeIdentity, OfficeIdentity.user_id == User.id)
        .where(OfficeIdentity.issuer == issuer, OfficeIdentity.subject == subject)
    )


def offices_of(user: User, offices: Mapping[str, Office]) -> list[Office]:
    """The offices whose sign-in leads to this account, as they are configured now."""
    issuers = set(
        db.session.scalars(select(OfficeIdentity.issuer).where(OfficeIdentity.user_id == user.id))
    )
    return [office for office in offices.values() if office.issuer in issuers]


def link(user: User, office: Office, subject: str, *, by: Viewer | None) -> None:
    """Let an identity lead to this account.

    Raises:
        Refused: it leads to another account, the account has one of this office, or its role signs
            in with password and letter.
    """
    if not may_use(roles_held(user)):
        raise Refused("この役割では、所属府省庁のサインインは使えません。")
    owner = account_at(office.issuer, subject)
    if owner is not None and owner.id != user.id:
        raise Refused("このサインインは、別のアカウントにつながっています。")
    if owner is not None:
        return
    if office in offices_of(user, {office.key: office}):
        raise Refused(f"{office.name}のサインインは、既につながっています。先に外してください。")
    db.session.add(OfficeIdentity(user_id=user.id, issuer=office.issuer, subject=subject))
    db.session.flush()
    audit.record("user.office_link", user.public_id, by=by, office=office.key)


def unlink(user: User, office: Office, *, by: Viewer) -> None:
    """Let an office's identity lead to this account no more.

    Raises:
        Refused: it leads here by no link, or without a password nothing would lead here.
    """
    if user.password is None:
        raise Refused("先にパスワードを設定してください。ほかの入り方がなくなります。")
    row = db.session.scalar(
        select(OfficeIdentity).where(
            OfficeIdentity.user_id == user.id, OfficeIdentity.issuer == office.issuer
        )
    )
    if row is None:
        raise Refused(f"{office.name}のサインインは、つながっていません。")
    db.session.delete(row)
    audit.record("user.office_unlink", user.public_id, by=by, office=office.key)
