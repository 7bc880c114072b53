"""The facts behind the alerts of a period's teams, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.load import LoadLevel
from companion.activities.models import Activity, Attendance, NextAction, owner_label
from companion.activities.queries.strain import strains_of
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
from companion.teams.models import Team, TeamMember, TeamPause
from companion.teams.narrowing import Narrowing
from companion.teams.queries import is_serving_today
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


def alerts_by_team(period: Period, team_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """What needs a look at these teams, by team id; nothing for those that are well or rest."""
    return dict(_watched(period, Team.id.in_(team_ids)))


def team_alerts(period: Period, team_ids: Sequence[int] | None = None) -> list[TeamAlerts]:
    """Every running team (or of these) that needs a look: the urgent first, then by number."""
    within = Team.period_id == period.id if team_ids is None else Team.id.in_(team_ids)
    return _with_teams(_watched(period, within))


def page_of_alerts(
    period: Period,
    wanted: Narrowing,
    *,
    rule: Rule | None = None,
    page: int = 1,
    size: int = 100,
) -> tuple[list[TeamAlerts], int]:
    """One page of them (behind the last, the last), and how many there are in all.

    `rule` leaves only what it says.
    """
    found = _watched(period, and_(Team.period_id == period.id, wanted.condition))
    if rule is not None:
        own = [(team, [a for a in alerts if a.rule is rule]) for team, alerts in found]
        found = [(team, alerts) for team, alerts in own if alerts]
    page = min(page, -(-len(found) // size) or 1)
    return _with_teams(found[(page - 1) * size : page * size]), len(found)


Watched = tuple[int, list[Alert]]  # the team's row, and what needs a look


def _with_teams(found: Sequence[Watched]) -> list[TeamAlerts]:
    """The same with their teams as pages and letters show them."""
    statement = (
        select(Team)
        .where(Team.id.in_([team_id for team_id, _ in found]))
        .options(
            joinedload(Team.challenge).joinedload(Challenge.municipality),
            selectinload(Team.members).joinedload(TeamMember.official),
        )
    )
    teams = {team.id: team for team in db.session.scalars(statement)}
    return [TeamAlerts(teams[team_id], alerts) for team_id, alerts in found]


def _watched(period: Period, within: ColumnElement[bool]) -> list[Watched]:
    """What needs a look, by plain rows: a country of teams is never loaded as things."""
    within = within & (Team.state == TeamState.ACTIVE)
    numbers = db.session.execute(
        select(Team.id, Team.number, func.min(TeamMember.started_on))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .where(within)
        .group_by(Team.id, Team.number)
        .order_by(Team.number)
    ).all()
    contacts, rests = _contacts(within), _rests(within)
    plans, unlogged = _plans(within)
    absences, overdue, strained = _absences(within), _overdue(within), _strained(period, within)
    limits, today = limits_of(period), min(clock.today(), period.last_day)
    asked, unused = inquiry_counts(period), _unused(within)
    found: list[Watched] = []
    for team_id, _, started_on in numbers:
        first, last, visit = contacts.get(team_id, (None, None, None))
        facts = TeamFacts(
            started_on=started_on or period.first_day,
            rests=rests[team_id],
            has_plan=team_id in plans,
            last_contact=last,
            last_visit=visit,
            oldest_unlogged=unlogged.get(team_id),
            absences=absences[team_id],
            strained=strained[team_id],
            overdue=overdue[team_id],
            unused=unused[team_id],
            kicked_off_on=first,
            has_asked=team_id in asked,
        )
        alerts = alerts_of(facts, today, limits)
        if alerts:
            found.append((team_id, alerts))
    return sorted(found, key=lambda row: not any(alert.rule.is_urgent for alert in row[1]))


def _rests(within: ColumnElement[bool]) -> dict[int, list[Rest]]:
    rows = db.session.execute(
        select(TeamPause.team_id, TeamPause.started_on, TeamPause.ended_on)
        .join(Team, Team.id == TeamPause.team_id)
        .where(within)
        .order_by(TeamPause.started_on)
    )
    found: dict[int, list[Rest]] = defaultdict(list)
    for team_id, first, last in rows:
        found[team_id].append(Rest(first, last))
    return found


Contacts = tuple[dt.date | None, dt.date | None, dt.date | None]


def _contacts(within: ColumnElement[bool]) -> dict[int, Contacts]:
    """The days of each team's first and last contact, and of its last visit."""
    visit = case((Activity.kind == ActivityKind.SITE_VISIT, Activity.held_start))
    rows = db.session.execute(
        select(
            Activity.team_id,
            func.min(Activity.held_start),
            func.max(Activity.held_start),
            func.max(visit),
        )
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state.in_(TOOK_PLACE))
        .group_by(Activity.team_id)
    )
    return {row[0]: (_day(row[1]), _day(row[2]), _day(row[3])) for row in rows}


def _day(moment: dt.datetime | None) -> dt.date | None:
    return to_jst(moment).date() if moment else None


def _unused(within: ColumnElement[bool]) -> dict[int, list[tuple[str, dt.date]]]:
    """Accounts of members and municipalities that nobody has ever signed in with, by team."""
    never = and_(User.active.is_(True), ~exists().where(SignIn.user_id == User.id))
    people = (
        select(Team.id, User.name, User.created_at)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(Official, Official.id == TeamMember.official_id)
        .join(User, User.email == Official.email)
        .where(within, is_serving_today(), never, User.lg_code.is_(None))
        .order_by(Team.id, TeamMember.position)
    )
    towns = (
        select(Team.id, User.name, User.created_at)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(User, User.lg_code == Challenge.lg_code)
        .where(within, never)
        .order_by(Team.id, User.id)
    )
    found: dict[int, list[tuple[str, dt.date]]] = defaultdict(list)
    for rows in (people, towns):
        for team_id, name, made_at in db.session.execute(rows):
            found[team_id].append((f"{name}さん", to_jst(made_at).date()))
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
    rows = db.session.execute(
        select(
            NextAction.team_id,
            NextAction.text,
            NextAction.owner_kind,
            Official.name,
            NextAction.due_on,
        )
        .join(Team, Team.id == NextAction.team_id)
        .outerjoin(TeamMember, TeamMember.id == NextAction.owner_member_id)
        .outerjoin(Official, Official.id == TeamMember.official_id)
        .where(
            within,
            NextAction.state.in_(UNSETTLED),
            NextAction.due_on < clock.today(),
        )
        .order_by(NextAction.due_on, NextAction.id)
    )
    found: dict[int, list[Overdue]] = defaultdict(list)
    for team_id, text, kind, name, due_on in rows:
        if due_on is not None:
            found[team_id].append(Overdue(text, owner_label(kind, name), due_on))
    return found


def _strained(period: Period, within: ColumnElement[bool]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for team_id, name, level in strains_of(period, within):
        found[team_id].append((name, STRAINS[level]))
    return found
