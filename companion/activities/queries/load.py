"""How the officials' time stands: one by one for who may see it, as counts for a ministry."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from companion.activities.load import (
    LoadLevel,
    MonthLoad,
    Service,
    is_whole,
    judged,
    level_of,
    served,
    strain,
)
from companion.activities.models import Activity, Attendance
from companion.activities.queries.results import held_by_month, months_of
from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED

FEWEST_PEOPLE = 10  # below that, sums of a ministry would tell of single persons
SMALL = 5  # counts from 1 to 4 are said as 「5人未満」


@dataclass
class OfficialLoad:
    """One official's months of a period, over all teams served in, against the share agreed."""

    official: Official
    member: TeamMember
    months: list[MonthLoad] = field(default_factory=list)

    @property
    def agreed_percent(self) -> int:
        """Share of the working time agreed."""
        return self.official.share_percent

    @property
    def minutes(self) -> int:
        """The whole year."""
        return sum(month.minutes for month in self.months)

    @property
    def levels(self) -> list[LoadLevel]:
        """What each month says."""
        return [level_of(month, agreed_percent=self.agreed_percent) for month in self.months]

    @property
    def strain(self) -> LoadLevel | None:
        """Too much or too little, two months running."""
        return strain(judged(self.months))


def official_loads(
    period: Period, viewer: Viewer, officials: Sequence[int] | None = None
) -> list[OfficialLoad]:
    """The load of the officials (or of these) that a viewer may see one by one.

    Coordinator and auditor see all, an official the own one; nobody else sees single persons.
    """
    scope = viewer.grant(Permission.LOAD_VIEW).scope
    if scope is Scope.ALL:
        return _loads(period, Team.state.in_(ANNOUNCED), officials)
    if scope is Scope.OWN:
        return _loads(period, Team.state.in_(ANNOUNCED) & (Official.email == viewer.email))
    return []


def _loads(
    period: Period, reach: ColumnElement[bool], officials: Sequence[int] | None = None
) -> list[OfficialLoad]:
    people = None
    if officials is not None:
        reach = reach & TeamMember.official_id.in_(officials)
        people = select(Official.id).where(Official.id.in_(officials))
    members = db.session.scalars(
        select(TeamMember)
        .join(TeamMember.team)
        .join(TeamMember.official)
        .where(Team.period_id == period.id, TeamMember.started_on.is_not(None), reach)
        .order_by(Team.number, TeamMember.position)
        .options(
            joinedload(TeamMember.official).joinedload(Official.ministry),
            joinedload(TeamMember.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
            joinedload(TeamMember.team).selectinload(Team.pauses),
        )
    )
    of_official: dict[int, list[TeamMember]] = defaultdict(list)
    for member in members:
        of_official[member.official_id].append(member)
    spent, today, months = minutes_by_official(period, people), clock.today(), months_of(period)
    services = {key: [_service(row) for row in rows] for key, rows in of_official.items()}
    return [
        OfficialLoad(
            rows[-1].official,
            rows[-1],
            [
                MonthLoad(month, spent.get((key, n), 0), is_whole(month, services[key], today))
                for n, month in enumerate(months)
                if (month <= today and served(month, services[key])) or (key, n) in spent
            ],
        )
        for key, rows in of_official.items()
    ]


def _service(member: TeamMember) -> Service:
    rests = [(pause.started_on, pause.ended_on) for pause in member.team.pauses]
    return Service(member.started_on, member.ended_on, rests)


def minutes_by_official(
    period: Period, people: Select[int] | None, *, since: dt.date | None = None
) -> dict[tuple[int, int], int]:
    """Minutes by official and number of the month (0 to 11); of `people`, from a day on."""
    held = held_by_month(period)
    if since is not None:
        held = held.where(Activity.held_start >= clock.at_jst(since, dt.time(0)))
    if people is not None:
        own = select(TeamMember.team_id).where(TeamMember.official_id.in_(people))
        held = held.where(Activity.team_id.in_(own))
    held_rows = held.subquery()
    statement = (
        select(TeamMember.official_id, held_rows.c.month, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.activity_id == held_rows.c.id)
        .join(TeamMember, TeamMember.id == Attendance.member_id)
        .group_by(TeamMember.official_id, held_rows.c.month)
    )
    if people is not None:
        statement = statement.where(TeamMember.official_id.in_(people))
    rows = db.session.execute(statement)
    return {(row[0], row[1]): row[2] for row in rows}


def minutes_of_year(period: Period) -> dict[int, int]:
    """Minutes of the whole period by official."""
    held = held_by_month(period).subquery()
    rows = db.session.execute(
        select(TeamMember.official_id, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.member_id == TeamMember.id)
        .join(held, held.c.id == Attendance.activity_id)
        .group_by(TeamMember.official_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class MinistryLoad:
    """What a ministry's officials gave together in a month, and how many gave too much or little.

    There is none for a ministry with fewer than ten officials in the period.
    """

    month: dt.date
    people: int
    minutes: int
    over: int
    under: int


def ministry_loads(period: Period, ministry_code: str | None) -> tuple[int, list[MinistryLoad]]:
    """How many officials of a ministry serve, and their months when they are ten or more."""
    own = Official.ministry_code == ministry_code
    loads = _loads(period, own & Team.state.in_(ANNOUNCED))
    if len(loads) < FEWEST_PEOPLE:
        return len(loads), []
    by_month: dict[dt.date, list[tuple[MonthLoad, LoadLevel]]] = defaultdict(list)
    for load in loads:
        for month, level in zip(load.months, load.levels, strict=True):
            by_month[month.month].append((month, level))
    return len(loads), [
        MinistryLoad(
            month,
            len(rows),
            sum(row.minutes for row, _ in rows),
            sum(level is LoadLevel.OVER for _, level in rows),
            sum(level is LoadLevel.UNDER for _, level in rows),
        )
        for month, rows in sorted(by_month.items())
        if len(rows) >= FEWEST_PEOPLE
    ]
