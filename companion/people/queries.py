"""Reading accounts and ministries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import selectinload

from companion.core.access import Role, Viewer, roles_held, viewer_of
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.models import Ministry, RoleRow, User
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURES


def all_ministries() -> list[Ministry]:
    """Every ministry and agency in the order of the government's list."""
    return list(db.session.scalars(select(Ministry).order_by(Ministry.position)))


def all_users(words: str = "", role: str = "") -> list[User]:
    """Every account by e-mail with its roles; `words` narrow by name or address, `role` by role."""
    statement = select(User).options(selectinload(User.roles)).order_by(User.email)
    if words:
        statement = statement.where(
            or_(
                User.name.icontains(words, autoescape=True),
                User.email.icontains(words, autoescape=True),
            )
        )
    if role:
        statement = statement.where(User.roles.any(RoleRow.name == role))
    return list(db.session.scalars(statement))


def bounds_of(users: Sequence[User]) -> dict[int, str]:
    """What bounds each account, by the name a person knows: town, prefecture or ministry."""
    codes = {user.lg_code for user in users if user.lg_code}
    found = db.session.execute(
        select(Municipality.lg_code, Municipality.name).where(Municipality.lg_code.in_(codes))
    )
    towns = {row.lg_code: row.name for row in found}
    ministries = {row.code: row.name for row in all_ministries()}
    prefectures = {row.code: row.name for row in PREFECTURES}
    return {
        user.id: towns.get(user.lg_code or "")
        or prefectures.get(user.prefecture_code or "")
        or ministries.get(user.ministry_code or "", "")
        for user in users
    }


def find_user(email: str) -> User | None:
    """The account of an e-mail address, in any case of letters."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def active_deputy(lg_code: str | None) -> User | None:
    """The deputy of a municipality's contact, None when there is none now."""
    return db.session.scalar(
        select(User).where(User.lg_code == lg_code, User.is_deputy, User.active.is_(True))
    )


def has_demo_accounts() -> bool:
    """True when the demo has been filled in here."""
    return bool(db.session.scalar(select(exists().where(User.email.endswith("@demo.test")))))


def two_coordinators(emails: Sequence[str]) -> tuple[Viewer, Viewer] | None:
    """The two who decide, by their addresses; None where an installation has no two yet.

    Raises:
        Refused: two coordinators have accounts, and the addresses do not name two of them.
    """
    known = {
        user.email: user
        for user in all_users()
        if user.active and Role.COORDINATOR in roles_held(user)
    }
    if not emails and len(known) < 2:
        return None
    chosen = [known.get(email) for email in dict.fromkeys(e.strip().lower() for e in emails)]
    first, second = chosen if len(chosen) == 2 else (None, None)
    if first is None or second is None:
        raise Refused(
            "これには二人のコーディネーターの決定が必要です。`--approved-by` を二回使い、"
            "異なるコーディネーターのメールアドレスを指定してください。"
        )
    return viewer_of(first, Role.COORDINATOR), viewer_of(second, Role.COORDINATOR)


def coordinators() -> list[User]:
    """The active accounts of coordinators, by address."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.roles)
            .where(RoleRow.name == Role.COORDINATOR.value, User.active.is_(True))
            .order_by(User.email)
        )
    )


def contacts_of(ministry_code: str) -> list[User]:
    """The accounts of a ministry's contacts that sign in and whose term runs, by address."""
    return _in_term(Role.MINISTRY, User.ministry_code == ministry_code)


def accounts_of_municipality(lg_code: str) -> list[User]:
    """The accounts of a municipality that sign in and whose term runs, by address."""
    return _in_term(Role.MUNICIPALITY, User.lg_code == lg_code)


def _in_term(role: Role, within: ColumnElement[bool]) -> list[User]:
    rows = db.session.scalars(
        select(User)
        .join(User.roles)
        .where(RoleRow.name == role.value, User.active.is_(True), within)
        .order_by(User.email)
    )
    return [user for user in rows if user.term_ended_on is None]


def role_row(name: str) -> RoleRow:
    """The row of a role."""
    return db.session.scalars(select(RoleRow).where(RoleRow.name == name)).one()
