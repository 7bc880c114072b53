"""Reading accounts and ministries."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from companion.core.db import db
from companion.people.models import Ministry, RoleRow, User


def all_ministries() -> list[Ministry]:
    """Every ministry and agency in the order of the government's list."""
    return list(db.session.scalars(select(Ministry).order_by(Ministry.position)))


def all_users() -> list[User]:
    """Every account by e-mail, with its roles."""
    return list(
        db.session.scalars(select(User).options(selectinload(User.roles)).order_by(User.email))
    )


def find_user(email: str) -> User | None:
    """The account of an e-mail address, in any case of letters."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def has_demo_accounts() -> bool:
    """True when the demo has been filled in here."""
    return bool(db.session.scalar(select(exists().where(User.email.endswith("@demo.test")))))


def role_row(name: str) -> RoleRow:
    """The row of a role."""
    return db.session.scalars(select(RoleRow).where(RoleRow.name == name)).one()
