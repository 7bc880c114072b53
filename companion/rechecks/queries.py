"""Which accounts the viewer answers for, and which of them wait for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from companion.applications.models import Official
from companion.core import clock
from companion.core.access import Permission, Role, Scope, Viewer
from companion.core.db import db
from companion.people.models import RoleRow, User
from companion.periods.models import Period
from companion.rechecks.rules import owed_since

SHOWN = 100  # accounts on the page at a time


@dataclass(frozen=True)
class Waiting:
    """How many accounts are owed a confirmation, and how many are said to have left."""

    owed: int = 0
    left: int = 0


def _within(viewer: Viewer) -> ColumnElement[bool]:
    match viewer.grant(Permission.ACCOUNT_CONFIRM).scope:
        case Scope.ALL:
            return true()
        case Scope.PLACE:
            return and_(_serves_as(Role.MUNICIPALITY), User.lg_code == viewer.lg_code)
        case Scope.MINISTRY:
            own = and_(_serves_as(Role.MINISTRY), User.ministry_code == viewer.ministry_code)
            sent = and_(_serves_as(Role.OFFICIAL), _ministry_of_official() == viewer.ministry_code)
            return or_(own, sent)
        case _:
            return false()


def _serves_as(role: Role) -> ColumnElement[bool]:
    return User.roles.any(RoleRow.name == role.value)


def _ministry_of_official() -> ColumnElement[str]:
    """The ministry of the newest application: who has changed over is the new one's."""
    official = aliased(Official)
    return (
        select(official.ministry_code)
        .join(Period, Period.id == official.period_id)
        .where(official.email == User.email)
        .order_by(Period.fiscal_year.desc())
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )


def _serving() -> ColumnElement[bool]:
    ends_on = User.term_ends_on
    return and_(User.active.is_(True), or_(ends_on.is_(None), ends_on >= clock.today()))


def _owed() -> ColumnElement[bool]:
    last = owed_since(clock.today())
    end_of_day = clock.at_jst(last + dt.timedelta(days=1), dt.time())
    return and_(
        User.left_told_on.is_(None),
        or_(
            User.confirmed_on <= last,
            and_(User.confirmed_on.is_(None), User.created_at < end_of_day),
        ),
    )


def count_waiting(viewer: Viewer) -> Waiting:
    """How much waits among the accounts the viewer answers for."""
    if not viewer.may(Permission.ACCOUNT_CONFIRM):
        return Waiting()
    row = db.session.execute(
        select(
            func.count(User.id).filter(_owed()),
            func.count(User.id).filter(User.left_told_on.is_not(None)),
        ).where(_serving(), _within(viewer))
    ).one()
    return Waiting(*row)


def accounts_waiting(viewer: Viewer) -> list[User]:
    """The first accounts that wait: those said to have left, then the longest unconfirmed."""
    return list(
        db.session.scalars(
            select(User)
            .where(_serving(), _within(viewer), or_(_owed(), User.left_told_on.is_not(None)))
            .order_by(
                User.left_told_on.is_(None),
                func.coalesce(User.confirmed_on, func.date(User.created_at)),
                User.id,
            )
            .limit(SHOWN)
        )
    )


def lock_accounts(public_ids: Collection[str], viewer: Viewer) -> list[User] | None:
    """The accounts named, held for a change; None when one is not there or out of reach."""
    rows = db.session.scalars(
        select(User)
        .where(_serving(), _within(viewer), User.public_id.in_(public_ids))
        .order_by(User.id)
        .with_for_update(of=User)
    ).all()
    return list(rows) if len(rows) == len(set(public_ids)) else None
