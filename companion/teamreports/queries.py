"""Reading the teams' reports, and what a draft of one is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import false, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.activities.dates import is_business_day
from companion.activities.models import Activity, NextAction
from companion.activities.queries import STARTS_AT
from companion.activities.terms import TOOK_PLACE, UNSETTLED, ActivityState
from companion.applications.models import Challenge
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.indicators.models import Indicator
from companion.periods.models import Period
from companion.teamreports.models import ReportDue, TeamReport, TeamReportChange
from companion.teamreports.rules import Ahead, Held, Measured, Owed, Sources
from companion.teamreports.terms import ReportKind, ReportState
from companion.teams.models import Team, TeamMember
from companion.teams.queries import reach
from companion.teams.terms import ANNOUNCED


def _reached(viewer: Viewer) -> Select[TeamReport]:
    within = reach(viewer, Permission.TEAM_REPORT_VIEW)
    return (
        select(TeamReport)
        .join(TeamReport.team)
        .where(within)
        .options(
            joinedload(TeamReport.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
            joinedload(TeamReport.team).joinedload(Team.period),
        )
    )


def find_report(public_id: str, viewer: Viewer) -> TeamReport | None:
    """One report with its history, or None when it is out of reach."""
    history = selectinload(TeamReport.changes).joinedload(TeamReportChange.by)
    return db.session.scalar(
        _reached(viewer).where(TeamReport.public_id == public_id).options(history)
    )


def reports_of(team: Team, viewer: Viewer) -> dict[ReportKind, TeamReport]:
    """The reports a team has begun."""
    rows = db.session.scalars(_reached(viewer).where(TeamReport.team_id == team.id))
    return {row.kind: row for row in rows}


def due_days(period: Period) -> dict[ReportKind, dt.date]:
    """Until when the reports are to be handed in: as set, else end of November and mid-March."""
    days = {
        ReportKind.INTERIM: _open_day(dt.date(period.fiscal_year, 11, 30)),
        ReportKind.FINAL: _open_day(dt.date(period.fiscal_year + 1, 3, 15)),
    }
    rows = db.session.scalars(select(ReportDue).where(ReportDue.period_id == period.id))
    return days | {row.kind: row.due_on for row in rows}


def reports_in(
    teams: Sequence[Team], states: Collection[ReportState], viewer: Viewer
) -> list[TeamReport]:
    """The reports of these teams that stand in one of these states."""
    if not teams or not states:
        return []
    return list(
        db.session.scalars(
            _reached(viewer)
            .where(
                TeamReport.team_id.in_([team.id for team in teams]), TeamReport.state.in_(states)
            )
            .order_by(TeamReport.id)
        )
    )


def _open_day(day: dt.date) -> dt.date:
    """The day itself, or the last one before on which offices are open."""
    while not is_business_day(day):
        day -= dt.timedelta(days=1)
    return day


@dataclass(frozen=True)
class TeamLine:
    """A team and what has come of its two reports."""

    team: Team
    reports: dict[ReportKind, TeamReport]


def report_lines(period: Period, viewer: Viewer) -> list[TeamLine]:
    """Every announced team the viewer reads reports of, by number; three queries."""
    within = reach(viewer, Permission.TEAM_REPORT_VIEW)
    teams = db.session.scalars(
        select(Team)
        .where(
            Team.period_id == period.id,
            Team.state.in_(ANNOUNCED),
            within if viewer.may(Permission.TEAM_REPORT_VIEW) else false(),
        )
        .options(joinedload(Team.challenge).joinedload(Challenge.municipality))
        .order_by(Team.number)
    ).all()
    found: dict[int, dict[ReportKind, TeamReport]] = {team.id: {} for team in teams}
    rows = db.session.scalars(
        select(TeamReport).join(TeamReport.team).where(Team.period_id == period.id, within)
    )
    for row in rows:
        if row.team_id in found:
            found[row.team_id][row.kind] = row
    return [TeamLine(team, found[team.id]) for team in teams]


def sources_of(team: Team) -> Sources:
    """What the logs, actions, indicators and theme of a team say now."""
    today = clock.today()
    activities = db.session.scalars(
        select(Activity).where(Activity.team_id == team.id).order_by(STARTS_AT, Activity.id)
    ).all()
    actions = db.session.scalars(
        select(NextAction)
        .where(NextAction.team_id == team.id, NextAction.state.in_(UNSETTLED))
        .options(joinedload(NextAction.owner_member).joinedload(TeamMember.official))
        .order_by(NextAction.due_on.is_(None), NextAction.due_on, NextAction.id)
    )
    indicators = db.session.scalars(
        select(Indicator)
        .where(Indicator.team_id == team.id)
        .options(selectinload(Indicator.values))
        .order_by(Indicator.name)
    )
    return Sources(
        theme=team.support_theme,
        challenge=team.challenge.title,
        held=[
            Held(row.day, row.kind.label, row.title, row.decisions, row.office_change)
            for row in activities
            if row.state in TOOK_PLACE and row.day <= today
        ],
        owed=[Owed(row.text, row.owner_label, row.due_on, row.state.label) for row in actions],
        ahead=[
            Ahead(row.day, row.kind.label, row.title)
            for row in activities
            if row.state is ActivityState.PLANNED and row.day >= today
        ],
        measured=[
            Measured(
                row.name,
                row.unit,
                (row.baseline_on, row.baseline),
                (row.target_on, row.target),
                [(v.measured_on, v.value) for v in row.values if v.measured_on <= today],
                row.source,
            )
            for row in indicators
        ],
    )
