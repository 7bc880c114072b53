"""活動実績: what took place, month by month, as data for reports and pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select

from companion.activities.models import Activity, Attendance
from companion.activities.rules import months_between
from companion.activities.terms import TOOK_PLACE, ActivityKind
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import own_teams


@dataclass
class Results:
    """What one team did in one month: counts of what took place, minutes of all members."""

    meetings: int = 0
    visits: int = 0
    others: int = 0
    minutes: int = 0

    def __add__(self, other: Results) -> Results:
        return Results(
            self.meetings + other.meetings,
            self.visits + other.visits,
            self.others + other.others,
            self.minutes + other.minutes,
        )


@dataclass
class TeamResults:
    """活動実績 of one team: by first day of the month, with the last contact."""

    team: Team
    months: dict[dt.date, Results]
    last_contact: dt.datetime | None = None

    @property
    def total(self) -> Results:
        """The whole year."""
        return sum(self.months.values(), Results())


def months_of(period: Period) -> list[dt.date]:
    """The first days of the twelve months of a period."""
    return months_between(period.first_day, period.last_day)


def _month_number(period: Period) -> ColumnElement[int]:
    """Which month of the period something began in (0 to 11), by Japan's calendar."""
    ends = [*months_of(period)[1:], period.last_day + dt.timedelta(days=1)]
    midnight = dt.time(0)
    return case(
        *((Activity.held_start < clock.at_jst(end, midnight), n) for n, end in enumerate(ends)),
        else_=len(ends) - 1,
    )


def held_by_month(period: Period) -> Select[*tuple[Any, ...]]:
    """Each activity that took place, with the number of its month in the period."""
    return (
        select(
            Activity.id.label("id"),
            Activity.team_id.label("team_id"),
            Activity.kind.label("kind"),
            Activity.held_start.label("held_start"),
            _month_number(period).label("month"),
        )
        .join(Team, Team.id == Activity.team_id)
        .where(Team.period_id == period.id, Activity.state.in_(TOOK_PLACE))
    )


def team_results(period: Period, viewer: Viewer) -> list[TeamResults]:
    """活動実績: what each team the viewer reads did, month by month; always three queries."""
    if not viewer.may(Permission.ACTIVITY_LIST):
        return []
    months = months_of(period)
    found = {
        team.id: TeamResults(team, {month: Results() for month in months})
        for team in own_teams(period, viewer)
    }
    held: Subquery = held_by_month(period).subquery()

    def count(*kinds: ActivityKind) -> ColumnElement[int]:
        return func.sum(case((held.c.kind.in_(kinds), 1), else_=0))

    for team_id, number, last, meetings, visits, everything in db.session.execute(
        select(
            held.c.team_id,
            held.c.month,
            func.max(held.c.held_start),
            count(ActivityKind.ONLINE_MEETING),
            count(ActivityKind.SITE_VISIT),
            func.count(),
        ).group_by(held.c.team_id, held.c.month)
    ):
        if row := found.get(team_id):
            month = row.months[months[number]]
            month.meetings, month.visits = meetings, visits
            month.others = everything - meetings - visits
            row.last_contact = max(row.last_contact or last, last)
    for team_id, number, minutes in db.session.execute(
        select(held.c.team_id, held.c.month, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.activity_id == held.c.id)
        .group_by(held.c.team_id, held.c.month)
    ):
        if row := found.get(team_id):
            row.months[months[number]].minutes = minutes
    return list(found.values())
