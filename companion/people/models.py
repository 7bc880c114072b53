"""Accounts, roles and ministries."""

from __future__ import annotations

import datetime as dt

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime

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
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    lg_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.lg_code"), index=True)
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    ministry_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    # The library declares a list of its own mixin, of which ours is one.
    roles: Mapped[list[RoleRow]] = relationship(  # type: ignore[assignment]
        secondary=user_roles, lazy="selectin"
    )
