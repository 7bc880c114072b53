"""Accounts, roles and ministries."""

from __future__ import annotations

import datetime as dt

from flask_security import RoleMixin, UserMixin
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.access import Role
from companion.core.db import Base, PublicId, UtcDateTime, Word
from companion.people.rules import is_closed
from companion.people.terms import CodePurpose

user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)


class Ministry(Base):
    """A central ministry or agency; an agency names the ministry it belongs to."""

    __tablename__ = "ministries"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"))
    position: Mapped[int]


class RoleRow(RoleMixin, Base):
    """One of the six roles, as the sign-in library needs it."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str] = mapped_column(String(40), default="")


class User(PublicId, UserMixin, Base):
    """An account: who signs in, and what bounds the rows it reaches."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # The last day of the person's term: afterwards the own may be read for 90 days. None: no end.
    term_ends_on: Mapped[dt.date | None]
    # Grows with each change of what the form of an account holds.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    lg_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.lg_code"), index=True)
    # Invited by the municipality's contact, with the same rights but for inviting.
    is_deputy: Mapped[bool] = mapped_column(default=False, server_default=false())
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    ministry_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When somebody near last said that the person is in post (None: when the account was made),
    # and since when the coordinators know that the person has left.
    confirmed_on: Mapped[dt.date | None] = mapped_column(default=clock.today)
    left_told_on: Mapped[dt.date | None]
    # The seed of the authenticator app, encrypted with a key that is not in the database, and the
    # last step of 30 seconds that was used: each code counts once.
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_counter: Mapped[int | None]
    # Password hashes (encrypted in accounts of before); a code that is used leaves the list.
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))

    # The library declares a list of its own mixin, of which ours is one.
    roles: Mapped[list[RoleRow]] = relationship(  # type: ignore[assignment]
        secondary=user_roles, lazy="selectin"
    )

    @property
    def term_ended_on(self) -> dt.date | None:
        """The last day of the term when that is over."""
        ends_on = self.term_ends_on
        return ends_on if ends_on is not None and ends_on < clock.today() else None

    @property
    def in_post_on(self) -> dt.date:
        """The last day on which somebody said that the person is in post; being made counts."""
        return self.confirmed_on or clock.to_jst(self.created_at).date()

    @property
    def is_open(self) -> bool:
        """True for an account that signs in: not stopped, and not too long after its term."""
        return self.active and not is_closed(self.term_ends_on, clock.today())


class SignIn(PublicId, Base):
    """One browser in which somebody is signed in, in one role, until it ends."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # Of the 256 random bits in the cookie; a copy of this table signs nobody in.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    via: Mapped[str] = mapped_column(String(40))
    device_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # When the person last proved who is there, for acts that need it newly proved.
    fresh_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """How often signing in failed for an account and address; only hashes of both are kept."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class MailedCode(Base):
    """A code sent by letter, stored as a password hash; a person has one of each kind at a time."""

    __tablename__ = "mailed_codes"
    __table_args__ = (
        UniqueConstraint("user_id", "purpose"),
        CheckConstraint("tries >= 0", name="tries"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[CodePurpose] = mapped_column(Word(CodePurpose, 12))
    code_hash: Mapped[str] = mapped_column(String(255))
    # Of the nonce in the cookie of the browser that asked; an invitation is asked for by nobody.
    nonce_hash: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Passkey(PublicId, Base):
    """A key on a device of the person (WebAuthn); only its public half is here."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class OfficeIdentity(Base):
    """Who an account is at an office's own sign-in (OpenID Connect): never the mail address."""

    __tablename__ = "office_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
