"""How often and how long the teams of a period were active: sums per team, never team by team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select

from companion.activities.models import Activity, Attendance, NextAction
from companion.activities.terms import TOOK_PLACE, UNSETTLED, ActivityKind, ActivityState
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import own_teams


@dataclass
class Activeness:
    """One team's year so far; counts of what took place, minutes of all members together."""

    team: Team
    last_contact: dt.datetime | None = None
    online_count: int = 0
    visit_count: int = 0
    other_count: int = 0
    minutes: int = 0
    next_planned: dt.datetime | None = None
    unlogged_count: int = 0
    open_actions: int = 0
    overdue_actions: int = 0

    @property
    def last_day(self) -> dt.date | None:
        """The Japanese day of the last contact."""
        return clock.to_jst(self.last_contact).date() if self.last_contact else None

    @property
    def next_day(self) -> dt.date | None:
        """The Japanese day of the next planned meeting or visit."""
        return clock.to_jst(self.next_planned).date() if self.next_planned else None

    @property
    def days_silent(self) -> int | None:
        """Days since the day of the last contact; None when there was none yet."""
        return (clock.today() - self.last_day).days if self.last_day else None


def last_contact() -> ColumnElement[dt.datetime | None]:
    """When a team was last in touch with its municipality, for statements about teams."""
    held = and_(Activity.team_id == Team.id, Activity.state.in_(TOOK_PLACE))
    return select(func.max(Activity.held_start)).where(held).correlate(Team).scalar_subquery()


def activeness(
    period: Period, viewer: Viewer, teams: Sequence[Team] | None = None
) -> list[Activeness]:
    """Every team the viewer reads, or these, in as many queries for one team as for sixty."""
    shown = own_teams(period, viewer) if teams is None else teams
    within = Team.period_id == period.id
    if teams is not None:
        within = Team.id.in_([team.id for team in teams])
    found = {team.id: Activeness(team) for team in shown}
    _add_held(found, within)
    _add_minutes(found, within)
    _add_planned(found, within)
    _add_actions(found, within)
    return list(found.values())


def _count_of(*kinds: ActivityKind):  # type: ignore[no-untyped-def]
    return func.sum(case((Activity.kind.in_(kinds), 1), else_=0))


def _add_held(found: dict[int, Activeness], within: ColumnElement[bool]) -> None:
    rows = db.session.execute(
        select(
            Activity.team_id,
            func.max(Activity.held_start),
            _count_of(ActivityKind.ONLINE_MEETING),
            _count_of(ActivityKind.SITE_VISIT),
            func.count(),
        )
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state.in_(TOOK_PLACE))
        .group_by(Activity.team_id)
    )
    for team_id, last, online, visits, everything in rows:
        if row := found.get(team_id):
            row.last_contact, row.online_count, row.visit_count = last, online, visits
            row.other_count = everything - online - visits


def _add_minutes(found: dict[int, Activeness], within: ColumnElement[bool]) -> None:
    rows = db.session.execute(
        select(Activity.team_id, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.activity_id == Activity.id)
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state.in_(TOOK_PLACE))
        .group_by(Activity.team_id)
    )
    for team_id, minutes in rows:
        if row := found.get(team_id):
            row.minutes = minutes


def _add_planned(found: dict[int, Activeness], within: ColumnElement[bool]) -> None:
    ahead = func.coalesce(Activity.planned_end, Activity.planned_start) >= clock.now()
    rows = db.session.execute(
        select(
            Activity.team_id,
            func.min(case((ahead, Activity.planned_start))),
            func.sum(case((ahead, 0), else_=1)),
        )
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state == ActivityState.PLANNED)
        .group_by(Activity.team_id)
    )
    for team_id, first, past in rows:
        if row := found.get(team_id):
            row.next_planned, row.unlogged_count = first, past


def _add_actions(found: dict[int, Activeness], within: ColumnElement[bool]) -> None:
    rows = db.session.execute(
        select(
            NextAction.team_id,
            func.count(),
            func.sum(case((NextAction.due_on < clock.today(), 1), else_=0)),
        )
        .join(Team, Team.id == NextAction.team_id)
        .where(within, NextAction.state.in_(UNSETTLED))
        .group_by(NextAction.team_id)
    )
    for team_id, count, overdue in rows:
        if row := found.get(team_id):
            row.open_actions, row.overdue_actions = count, overdue
