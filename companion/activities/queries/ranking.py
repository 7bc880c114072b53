"""One page of how active the teams were: ordered and summed by the database, read a page at a time.

So that it costs much the same for 60 teams and for 1,741.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from companion.activities.models import Activity, Attendance, NextAction
from companion.activities.queries.overview import Activeness, activeness, last_contact
from companion.activities.terms import TOOK_PLACE, UNSETTLED, ActivityKind, ActivityState
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.narrowing import Narrowing
from companion.teams.queries import own_to, with_people

HELD = and_(Activity.team_id == Team.id, Activity.state.in_(TOOK_PLACE))


@dataclass(frozen=True)
class Totals:
    """The sums over all teams of a list; minutes of all members together."""

    teams: int
    silent: int
    meetings: int
    visits: int
    minutes: int
    open_actions: int
    overdue_actions: int


def _of_team(value: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(value).where(*where).correlate(Team).scalar_subquery()


def _keys(sort: str) -> list[ColumnElement[Any]]:
    """What a sorting orders by, the first to the last; the number of the team follows."""
    planned = and_(Activity.team_id == Team.id, Activity.state == ActivityState.PLANNED)
    end = func.coalesce(Activity.planned_end, Activity.planned_start)
    owed = and_(NextAction.team_id == Team.id, NextAction.state.in_(UNSETTLED))
    late = NextAction.due_on < clock.today()
    match sort:
        case "last":
            last = last_contact()
            return [last.is_not(None), last]
        case "online" | "visits":
            kinds = {"online": ActivityKind.ONLINE_MEETING, "visits": ActivityKind.SITE_VISIT}
            return [_of_team(func.count(Activity.id), HELD, Activity.kind == kinds[sort])]
        case "minutes":
            spent = func.coalesce(func.sum(Attendance.minutes), 0)
            return [_of_team(spent, HELD, Attendance.activity_id == Activity.id)]
        case "next":
            ahead = _of_team(func.min(Activity.planned_start), planned, end >= clock.now())
            return [ahead.is_(None), ahead]
        case "unlogged":
            return [_of_team(func.count(Activity.id), planned, end < clock.now())]
        case "open":
            count = func.count(NextAction.id)
            return [_of_team(count, owed), _of_team(count, owed, late)]
        case _:
            return [Team.number.expression]


def ranked(
    period: Period, viewer: Viewer, wanted: Narrowing, *, sort: str, offset: int, limit: int
) -> list[Activeness]:
    """One page of the teams the viewer reads, in the order of a sorting (`-…`: descending)."""
    order = _keys(sort.removeprefix("-"))
    if sort.startswith("-"):
        order = [key.desc() for key in order]
    statement = select(Team).where(Team.period_id == period.id, own_to(viewer), wanted.condition)
    page = with_people(statement).order_by(*order, Team.number).offset(offset).limit(limit)
    return activeness(period, viewer, list(db.session.scalars(page).unique()))


def totals_of(period: Period, viewer: Viewer, wanted: Narrowing) -> Totals:
    """The sums over every team of such a list."""
    within = and_(Team.period_id == period.id, own_to(viewer), wanted.condition)
    teams, silent = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((exists().where(HELD), 0), else_=1)), 0),
        ).where(within)
    ).one()

    def count(kind: ActivityKind) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Activity.kind == kind, 1), else_=0)), 0)

    meetings, visits = db.session.execute(
        select(count(ActivityKind.ONLINE_MEETING), count(ActivityKind.SITE_VISIT))
        .select_from(Team)
        .join(Activity, HELD)
        .where(within)
    ).one()
    minutes = db.session.scalar(
        select(func.coalesce(func.sum(Attendance.minutes), 0))
        .select_from(Team)
        .join(Activity, HELD)
        .join(Attendance, Attendance.activity_id == Activity.id)
        .where(within)
    )
    late = case((NextAction.due_on < clock.today(), 1), else_=0)
    owed, overdue = db.session.execute(
        select(func.count(), func.coalesce(func.sum(late), 0))
        .select_from(Team)
        .join(NextAction, NextAction.team_id == Team.id)
        .where(within, NextAction.state.in_(UNSETTLED))
    ).one()
    return Totals(teams, silent, meetings, visits, minutes or 0, owed, overdue)
