"""The facts behind the alerts of a period's teams, by plain rows in a fixed number of queries.

A country of teams is never loaded as things.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, select

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
from companion.notices.alerts import Overdue, Rest, Rule, TeamFacts
from companion.people.models import SignIn, User
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember, TeamPause
from companion.teams.queries import is_serving_today
from companion.teams.terms import TeamState

# Rules that read every attendance; none of them is urgent, so they never move a team ahead.
COSTLY = frozenset({Rule.ABSENT, Rule.LOAD})

STRAINS = {
    LoadLevel.OVER: "2か月続けて勤務時間の20％を超えています。",
    LoadLevel.UNDER: "2か月続けて勤務時間の5％に届きません。",
}


class Known(NamedTuple):
    """A running team's number and what is known of it."""

    number: int
    facts: TeamFacts


def facts_by_team(period: Period, within: ColumnElement[bool]) -> dict[int, Known]:
    """The facts of the running teams among these, by team id; without the costly ones."""
    within = within & (Team.state == TeamState.ACTIVE)
    numbers = db.session.execute(
        select(Team.id, Team.number, func.min(TeamMember.started_on))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .where(within)
        .group_by(Team.id, Team.number)
    ).all()
    contacts, rests = _contacts(within), _rests(within)
    plans, unlogged = _plans(within)
    overdue, asked, unused = _overdue(within), inquiry_counts(period), _unused(within)
    found = {}
    for team_id, number, started_on in numbers:
        first, last, visit = contacts.get(team_id, (None, None, None))
        facts = TeamFacts(
            started_on=started_on or period.first_day,
            rests=rests[team_id],
            has_plan=team_id in plans,
            last_contact=last,
            last_visit=visit,
            oldest_unlogged=unlogged.get(team_id),
            overdue=overdue[team_id],
            unused=unused[team_id],
            kicked_off_on=first,
            has_asked=team_id in asked,
        )
        found[team_id] = Known(number, facts)
    return found


def add_costly(
    known: dict[int, Known],
    period: Period,
    within: ColumnElement[bool],
    rules: Collection[Rule],
) -> None:
    """Add what those of the rules that read every attendance need to know of these teams."""
    within = within & (Team.state == TeamState.ACTIVE)
    absences = _absences(within) if Rule.ABSENT in rules else {}
    strained = _strained(period, within) if Rule.LOAD in rules else {}
    for team_id in known.keys() & (absences.keys() | strained.keys()):
        number, facts = known[team_id]
        more = replace(
            facts, absences=absences.get(team_id, {}), strained=strained.get(team_id, ())
        )
        known[team_id] = Known(number, more)


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
    is_over = func.coalesce(Activity.planned_end, Activity.planned_start) < clock.now()
    rows = db.session.execute(
        select(
            Activity.team_id,
            func.sum(case((is_over, 0), else_=1)),
            func.min(case((is_over, Activity.planned_start))),
        )
        .join(Team, Team.id == Activity.team_id)
        .where(within, Activity.state == ActivityState.PLANNED)
        .group_by(Activity.team_id)
    ).all()
    ahead = {team_id for team_id, count, _ in rows if count}
    return ahead, {team_id: to_jst(start).date() for team_id, _, start in rows if start}


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
