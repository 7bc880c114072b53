"""The coordinator's board: a page of teams with everything at a glance, and the period's sums.

Sums are made by the database; teams are read one page at a time, so that the board costs much the
same for 60 teams and for 1,741.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import selectinload

from companion.activities.models import Activity, Attendance, NextAction
from companion.activities.queries.overview import Activeness, activeness, last_contact
from companion.activities.queries.results import held_by_month, months_of
from companion.activities.terms import TOOK_PLACE, UNSETTLED, ActivityKind, ActivityState
from companion.applications.models import Challenge
from companion.boards.rules import expected_meetings, expected_visits, share_of_time
from companion.cases.models import Case
from companion.cases.terms import CaseState
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryState
from companion.notices.alerts import Alert, Rest, active_days
from companion.notices.queries import alerts_by_team
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import ANSWERED
from companion.teamreports.models import TeamReport
from companion.teamreports.terms import ReportState
from companion.teams.models import Team
from companion.teams.queries import own_to, with_people
from companion.teams.terms import ANNOUNCED

PER_PAGE = 60


@dataclass(frozen=True)
class Glance:
    """One team: its year so far, what is expected by now, load, what needs a look, surveys."""

    activeness: Activeness
    expected_meetings: int
    expected_visits: int
    share: int | None  # tenths of a percent of the working time of the last whole month
    alerts: list[Alert]
    answered: int
    invited: int

    @property
    def team(self) -> Team:
        """Which team."""
        return self.activeness.team


@dataclass(frozen=True)
class Sums:
    """A period in numbers, counted by the database."""

    teams: int
    silent: int
    unlogged: int
    overdue: int
    asked: int = 0  # inquiries that wait for an answer
    asked_late: int = 0
    reports: int = 0  # of teams, that wait to be accepted
    cases: int = 0  # with their municipality's consent, that wait to be published


@dataclass(frozen=True)
class MonthLine:
    """What took place in a month: meetings, visits, others, and in how many teams."""

    month: dt.date
    meetings: int
    visits: int
    others: int
    teams: int


def _running(period: Period, viewer: Viewer) -> ColumnElement[bool]:
    return and_(Team.period_id == period.id, Team.state.in_(ANNOUNCED), own_to(viewer))


def sums_of(period: Period, viewer: Viewer) -> Sums:
    """The period's sums over the teams the viewer reads."""
    running = _running(period, viewer)
    held = exists().where(Activity.team_id == Team.id, Activity.state.in_(TOOK_PLACE))
    teams, silent = db.session.execute(
        select(func.count(), func.coalesce(func.sum(case((held, 0), else_=1)), 0)).where(running)
    ).one()
    over = func.coalesce(Activity.planned_end, Activity.planned_start) < clock.now()
    unlogged = db.session.scalar(
        select(func.count())
        .select_from(Activity)
        .join(Team, Team.id == Activity.team_id)
        .where(running, Activity.state == ActivityState.PLANNED, over)
    )
    overdue = db.session.scalar(
        select(func.count())
        .select_from(NextAction)
        .join(Team, Team.id == NextAction.team_id)
        .where(running, NextAction.state.in_(UNSETTLED), NextAction.due_on < clock.today())
    )
    late = case((Inquiry.due_on < clock.today(), 1), else_=0)
    asked, asked_late = db.session.execute(
        select(func.count(), func.coalesce(func.sum(late), 0))
        .select_from(Inquiry)
        .join(Team, Team.id == Inquiry.team_id)
        .where(running, Inquiry.state.in_([state for state in InquiryState if state.is_waiting]))
    ).one()
    reports, cases = (
        select(func.count())
        .select_from(kind)
        .join(Team, Team.id == kind.team_id)
        .where(running, kind.state == state)
        .scalar_subquery()
        for kind, state in ((TeamReport, ReportState.CONFIRMED), (Case, CaseState.CONSENTED))
    )
    waiting = db.session.execute(select(reports, cases)).one()
    return Sums(teams, silent, unlogged or 0, overdue or 0, asked, asked_late, *waiting)


def page_of_teams(
    period: Period, viewer: Viewer, *, sort: str = "number", page: int = 1
) -> list[Glance]:
    """One page of the running teams: by number, or (`last`) the longest without contact first."""
    statement = select(Team).where(_running(period, viewer))
    if sort == "last":
        last = last_contact()
        statement = statement.order_by(last.is_not(None), last)
    statement = with_people(statement).options(selectinload(Team.pauses)).order_by(Team.number)
    teams = list(
        db.session.scalars(statement.offset((page - 1) * PER_PAGE).limit(PER_PAGE)).unique()
    )
    ids = [team.id for team in teams]
    alerts = alerts_by_team(period, ids)
    asked, minutes = _surveys(period, ids), _minutes(period, ids)
    today = min(clock.today(), period.last_day)
    found = []
    for row in activeness(period, viewer, teams):
        team = row.team
        starts = [member.started_on for member in team.members if member.started_on]
        rests = [Rest(pause.started_on, pause.ended_on) for pause in team.pauses]
        days = active_days(min(starts, default=period.first_day), today, rests)
        answered, invited = asked[team.id]
        found.append(
            Glance(
                row,
                expected_meetings(days),
                expected_visits(days),
                share_of_time(minutes.get(team.id, 0), len(team.current_members)),
                alerts.get(team.id, []),
                answered,
                invited,
            )
        )
    return found


def _surveys(period: Period, ids: list[int]) -> dict[int, tuple[int, int]]:
    """(answered, invited) over all surveys of the period, by team."""
    rows = db.session.execute(
        select(
            Invitation.team_id,
            func.sum(case((Invitation.state.in_(ANSWERED), 1), else_=0)),
            func.count(),
        )
        .join(SurveyRound, SurveyRound.id == Invitation.round_id)
        .where(SurveyRound.period_id == period.id, Invitation.team_id.in_(ids))
        .group_by(Invitation.team_id)
    )
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for team_id, answered, invited in rows:
        found[team_id] = (answered, invited)
    return found


def last_whole_month(period: Period) -> tuple[dt.date, dt.date]:
    """First day of the period's last month that is over, and of the month after it."""
    this = min(clock.today(), period.last_day + dt.timedelta(days=1)).replace(day=1)
    return (this - dt.timedelta(days=1)).replace(day=1), this


def _minutes(period: Period, ids: list[int]) -> dict[int, int]:
    """Minutes of all members in the last whole month, by team."""
    first, after = (clock.at_jst(day, dt.time(0)) for day in last_whole_month(period))
    rows = db.session.execute(
        select(Activity.team_id, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.activity_id == Activity.id)
        .where(
            Activity.team_id.in_(ids),
            Activity.state.in_(TOOK_PLACE),
            Activity.held_start >= first,
            Activity.held_start < after,
        )
        .group_by(Activity.team_id)
    )
    return {row[0]: row[1] for row in rows}


def teams_by_prefecture(period: Period, viewer: Viewer) -> dict[str, int]:
    """How many running teams each prefecture has, by its code."""
    rows = db.session.execute(
        select(Municipality.prefecture_code, func.count())
        .select_from(Team)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Municipality, Municipality.lg_code == Challenge.lg_code)
        .where(Team.period_id == period.id, Team.state.in_(ANNOUNCED), own_to(viewer))
        .group_by(Municipality.prefecture_code)
        .order_by(Municipality.prefecture_code)
    )
    return {row[0]: row[1] for row in rows}


def months_so_far(period: Period) -> list[MonthLine]:
    """What took place month by month, up to the present one."""
    held = held_by_month(period).subquery()

    def count(kind: ActivityKind) -> ColumnElement[int]:
        return func.sum(case((held.c.kind == kind, 1), else_=0))

    rows = {
        number: (meetings, visits, everything - meetings - visits, teams)
        for number, meetings, visits, everything, teams in db.session.execute(
            select(
                held.c.month,
                count(ActivityKind.ONLINE_MEETING),
                count(ActivityKind.SITE_VISIT),
                func.count(),
                func.count(held.c.team_id.distinct()),
            ).group_by(held.c.month)
        )
    }
    return [
        MonthLine(month, *rows.get(number, (0, 0, 0, 0)))
        for number, month in enumerate(months_of(period))
        if month <= clock.today()
    ]
