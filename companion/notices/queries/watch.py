"""The facts behind the alerts of a period's teams, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.load import LoadLevel
from companion.activities.models import Activity, Attendance, NextAction
from companion.activities.queries.load import official_loads
from companion.activities.terms import (
    TOOK_PLACE,
    UNSETTLED,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
)
from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.clock import to_jst
from companion.core.db import db
from companion.inquiries.queries import inquiry_counts
from companion.notices.alerts import (
    DEFAULTS,
    REPEAT_DAYS,
    Alert,
    Overdue,
    Rest,
    Rule,
    TeamFacts,
    alerts_of,
)
from companion.notices.models import AlertSettings, AlertTold
from companion.people.models import SignIn, User
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.terms import TeamState

STRAINS = {
    LoadLevel.OVER: "2か月続けて勤務時間の20％を超えています。",
    LoadLevel.UNDER: "2か月続けて勤務時間の5％に届きません。",
}


@dataclass(frozen=True)
class TeamAlerts:
    """A team with what needs a look."""

    team: Team
    alerts: list[Alert]

    @property
    def is_urgent(self) -> bool:
        """True when one of them is."""
        return any(alert.rule.is_urgent for alert in self.alerts)


def limits_of(period: Period) -> dict[Rule, int]:
    """After how many days each rule speaks in a period."""
    row = db.session.get(AlertSettings, period.id)
    stored = row.limits if row else {}
    return {rule: stored.get(rule.value, days) for rule, days in DEFAULTS.items()}


def repeat_days_of(period: Period) -> int:
    """Days after which a letter may mention the same thing again."""
    row = db.session.get(AlertSettings, period.id)
    return row.repeat_days if row else REPEAT_DAYS


def key_of(alert: Alert) -> tuple[str, str]:
    """Rule and hash of the subject, as what has been told is kept."""
    return alert.rule.value, hashlib.sha256(alert.subject.encode()).hexdigest()[:32]


def not_told(
    found: Sequence[TeamAlerts], audience: str, today: dt.date, repeat_days: int
) -> list[TeamAlerts]:
    """What no letter to this audience has mentioned within the interval."""
    since = today - dt.timedelta(days=repeat_days)
    told = {
        (row.team_id, row.rule, row.subject)
        for row in db.session.scalars(
            select(AlertTold).where(AlertTold.audience == audience, AlertTold.told_on > since)
        )
    }
    left = [
        TeamAlerts(row.team, [a for a in row.alerts if (row.team.id, *key_of(a)) not in told])
        for row in found
    ]
    return [row for row in left if row.alerts]


def team_alerts(period: Period, team_ids: Sequence[int] | None = None) -> list[TeamAlerts]:
    """Every running team (or of these) that needs a look: the urgent first, then by number."""
    within = Team.period_id == period.id if team_ids is None else Team.id.in_(team_ids)
    teams = db.session.scalars(
        select(Team)
        .where(within, Team.state == TeamState.ACTIVE)
        .options(
            joinedload(Team.challenge).joinedload(Challenge.municipality),
            selectinload(Team.pauses),
            selectinload(Team.members).joinedload(TeamMember.official),
        )
        .order_by(Team.number)
    ).all()
    held = _days(within, TOOK_PLACE)
    visits = _days(within, TOOK_PLACE, ActivityKind.SITE_VISIT)
    plans, unlogged = _plans(within)
    absences, overdue, strained = _absences(within), _overdue(within), _strained(period, team_ids)
    limits, today = limits_of(period), min(clock.today(), period.last_day)
    kickoffs, asked, unused = _kickoffs(within), inquiry_counts(period), _unused(teams)
    found = []
    for team in teams:
        starts = [m.started_on for m in team.members if m.started_on]
        facts = TeamFacts(
            started_on=min(starts, default=period.first_day),
            rests=[Rest(pause.started_on, pause.ended_on) for pause in team.pauses],
            has_plan=team.id in plans,
            last_contact=held.get(team.id),
            last_visit=visits.get(team.id),
            oldest_unlogged=unlogged.get(team.id),
            absences=absences[team.id],
            strained=strained[team.id],
            overdue=overdue[team.id],
            unused=unused[team.id],
            kicked_off_on=kickoffs.get(team.id),
            has_asked=team.id in asked,
        )
        alerts = alerts_of(facts, today, limits)
        if alerts:
            found.append(TeamAlerts(team, alerts))
    return sorted(found, key=lambda row: (not row.is_urgent, row.team.number))


def _days(
    within: ColumnElement[bool], states: frozenset[ActivityState], kind: ActivityKind | None = None
) -> dict[int, dt.date]:
    statement = (
        select(Activity.team_id, func.max(Activity.held_start))
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state.in_(states))
        .group_by(Activity.team_id)
    )
    if kind is not None:
        statement = statement.where(Activity.kind == kind)
    return {row[0]: to_jst(row[1]).date() for row in db.session.execute(statement) if row[1]}


def _kickoffs(within: ColumnElement[bool]) -> dict[int, dt.date]:
    """The day of each team's first contact."""
    rows = db.session.execute(
        select(Activity.team_id, func.min(Activity.held_start))
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state.in_(TOOK_PLACE))
        .group_by(Activity.team_id)
    )
    return {row[0]: to_jst(row[1]).date() for row in rows if row[1]}


def _unused(teams: Sequence[Team]) -> dict[int, list[tuple[str, dt.date]]]:
    """Accounts of members and municipalities that nobody has ever signed in with, by team."""
    rows = db.session.execute(
        select(User.email, User.lg_code, User.name, User.created_at).where(
            User.active.is_(True), ~exists().where(SignIn.user_id == User.id)
        )
    ).all()
    people = {row.email: row for row in rows if row.lg_code is None}
    towns: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.lg_code is not None:
            towns[row.lg_code].append(row)
    found: dict[int, list[tuple[str, dt.date]]] = defaultdict(list)
    for team in teams:
        own = [people.get(member.official.email) for member in team.current_members]
        for row in [*own, *towns[team.challenge.lg_code]]:
            if row is not None:
                found[team.id].append((f"{row.name}さん", to_jst(row.created_at).date()))
    return found


def _plans(within: ColumnElement[bool]) -> tuple[set[int], dict[int, dt.date]]:
    """Teams with something ahead, and the oldest plan of each that is over without a log."""
    rows = db.session.execute(
        select(Activity.team_id, Activity.planned_start, Activity.planned_end)
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state == ActivityState.PLANNED)
        .order_by(Activity.planned_start.desc())
    )
    ahead: set[int] = set()
    past: dict[int, dt.date] = {}
    for team_id, start, end in rows:
        if start is None:
            continue  # a plan always has its time: the table sees to it
        if (end or start) >= clock.now():
            ahead.add(team_id)
        else:
            past[team_id] = to_jst(start).date()  # the earliest comes last
    return ahead, past


def _absences(within: ColumnElement[bool]) -> dict[int, dict[str, int]]:
    """How many times running each member was absent without a word, the latest ones."""
    # Few were ever absent: only their attendances are read one by one.
    ever = (
        select(Attendance.member_id)
        .join(Activity, Activity.id == Attendance.activity_id)
        .join(Team, Team.id == Activity.team_id)
        .where(within, Attendance.status == AttendanceStatus.ABSENT)
        .correlate(None)
    )
    rows = db.session.execute(
        select(Activity.team_id, Attendance.member_id, Official.name, Attendance.status)
        .join(Activity, Activity.id == Attendance.activity_id)
        .join(Team, Team.id == Activity.team_id)
        .join(TeamMember, TeamMember.id == Attendance.member_id)
        .join(Official, Official.id == TeamMember.official_id)
        .where(
            within,
            Activity.state.in_(TOOK_PLACE),
            TeamMember.ended_on.is_(None),
            Attendance.member_id.in_(ever),
        )
        .order_by(Activity.held_start.desc(), Activity.id.desc())
    )
    running: dict[int, int] = defaultdict(int)
    done: set[int] = set()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for team_id, member_id, name, status in rows:
        if member_id in done:
            continue
        if status is not AttendanceStatus.ABSENT:
            done.add(member_id)
            continue
        running[member_id] += 1
        found[team_id][name] = running[member_id]
    return found


def _overdue(within: ColumnElement[bool]) -> dict[int, list[Overdue]]:
    rows = db.session.scalars(
        select(NextAction)
        .join(Team, Team.id == NextAction.team_id)
        .where(
            within,
            NextAction.state.in_(UNSETTLED),
            NextAction.due_on < clock.today(),
        )
        .options(joinedload(NextAction.owner_member).joinedload(TeamMember.official))
        .order_by(NextAction.due_on, NextAction.id)
    )
    found: dict[int, list[Overdue]] = defaultdict(list)
    for row in rows:
        if row.due_on is not None:
            found[row.team_id].append(Overdue(row.text, row.owner_label, row.due_on))
    return found


def _strained(period: Period, team_ids: Sequence[int] | None) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for load in official_loads(period, None, team_ids):
        if load.strain in STRAINS:
            found[load.member.team_id].append((load.official.name, STRAINS[load.strain]))
    return found
