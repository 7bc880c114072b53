"""Taking last year's logs in from Excel: only what is not there yet is added, nothing is changed.

What people have written here is never overwritten by a list; the same list twice adds nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.actions.recording import add_checked_log, serving
from companion.activities.models import Activity, Attendance
from companion.activities.sheets import LogKey, Roster, Rosters, read_activities
from companion.applications.actions import Entry, ListKind, Plan, add_list
from companion.applications.models import Challenge
from companion.applications.reading import Reference
from companion.applications.terms import ImportKind
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.html import jst
from companion.core.sheets.reader import Sheet
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED


def _teams(period: Period) -> list[Team]:
    return list(
        db.session.scalars(
            select(Team)
            .where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
            .options(
                joinedload(Team.challenge).joinedload(Challenge.municipality),
                selectinload(Team.members).joinedload(TeamMember.official),
            )
        )
    )


def _rosters(period: Period) -> Rosters:
    return Rosters(
        {
            team.challenge.lg_code: Roster(
                team.id,
                team.challenge.municipality.full_name,
                {member.id: serving(member) for member in team.members},
            )
            for team in _teams(period)
        },
        clock.now(),
        _known(period),
        _spent(period),
    )


def _known(period: Period) -> set[LogKey]:
    rows = db.session.execute(
        select(Activity.team_id, Activity.held_start, Activity.kind)
        .join(Activity.team)
        .where(Team.period_id == period.id, Activity.held_start.is_not(None))
    )
    return {(row[0], row[1], row[2]) for row in rows if row[1] is not None}


def _spent(period: Period) -> dict[tuple[int, dt.date], int]:
    """Minutes logged already, by member and Japanese day of the beginning."""
    rows = db.session.execute(
        select(Attendance.member_id, Activity.held_start, Attendance.minutes)
        .join(Attendance.activity)
        .join(Activity.team)
        .where(Team.period_id == period.id, Activity.held_start.is_not(None))
    )
    spent: Counter[tuple[int, dt.date]] = Counter()
    for member_id, start, minutes in rows:
        if start is not None:
            spent[member_id, clock.to_jst(start).date()] += minutes
    return dict(spent)


def _plan(plan: Plan, sheets: Sequence[Sheet], reference: Reference) -> None:
    if plan.period is None:
        return
    rosters = _rosters(plan.period)
    parsed = read_activities(sheets, reference=reference, rosters=rosters)
    for row in parsed.rows:
        log = row.log
        plan.entries.append(
            Entry(
                key=f"{jst(log.start, 'short')} {log.kind.label}",
                label=row.town,
                values={"title": log.title, "log": log, "team_id": row.team_id},
                changes=[],
                is_new=(row.team_id, log.start, log.kind) not in rosters.known,
            )
        )
    plan.refused, plan.warnings = parsed.refused, parsed.warnings


def _write(plan: Plan, entries: Sequence[Entry], by: Viewer | None) -> None:
    if plan.period is None:
        return
    teams = {team.id: team for team in _teams(plan.period)}
    for entry in entries:
        add_checked_log(teams[entry.values["team_id"]], entry.values["log"], by=by)


def init() -> None:
    """Let the intake take this list in."""
    add_list(ImportKind.ACTIVITIES, ListKind(_plan, _write))
