"""Reading the programme: who speaks when, what clashes, which days do not suit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.models import Activity
from companion.activities.terms import ActivityState
from companion.applications.models import Challenge, ChallengeField, Official
from companion.briefings.models import (
    BriefingPlan,
    BriefingSeat,
    BriefingSession,
    UnsuitableDay,
)
from companion.briefings.rules import Party, Person, Plan, Sitting, clashes
from companion.core.access import Permission, Scope, State, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.queries import reach, with_people
from companion.teams.terms import ANNOUNCED, TeamState


@dataclass(frozen=True)
class Programme:
    """The 報告会 of a period: sessions with their seats in order, and teams without a seat."""

    period: Period
    published_at: dt.datetime | None
    sessions: list[BriefingSession]
    unseated: list[Team]


def plan_of(period: Period) -> BriefingPlan | None:
    """The programme as a whole; None before its first session."""
    return db.session.get(BriefingPlan, period.id)


def sessions_of(period: Period) -> list[BriefingSession]:
    """The sessions of a period in order of time."""
    return list(
        db.session.scalars(
            select(BriefingSession)
            .where(BriefingSession.period_id == period.id)
            .options(
                selectinload(BriefingSession.seats)
                .joinedload(BriefingSeat.team)
                .options(
                    joinedload(Team.challenge).options(
                        joinedload(Challenge.municipality),
                        selectinload(Challenge.fields).joinedload(ChallengeField.field),
                    ),
                    selectinload(Team.members)
                    .joinedload(TeamMember.official)
                    .joinedload(Official.ministry),
                )
            )
            .order_by(BriefingSession.starts_at, BriefingSession.number)
        )
    )


def teams_to_report(period: Period) -> list[Team]:
    """The announced teams of a period with their people, by number."""
    statement = select(Team).where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
    return list(db.session.scalars(with_people(statement).order_by(Team.number)))


def programme(period: Period, viewer: Viewer | None) -> Programme | None:
    """Who speaks when, for a viewer or (None) for a report.

    None where the viewer may not see it: before it is published only who arranges it does.
    """
    plan = plan_of(period)
    published_at = plan.published_at if plan else None
    if viewer is not None:
        held = viewer.grant(Permission.BRIEFING_VIEW)
        if held.scope is Scope.NONE or (held.when is State.ANNOUNCED and published_at is None):
            return None
    teams, sessions = teams_to_report(period), sessions_of(period)
    seated = {seat.team_id for session in sessions for seat in session.seats}
    return Programme(
        period=period,
        published_at=published_at,
        sessions=sessions,
        unseated=[team for team in teams if team.id not in seated],
    )


def find_session(public_id: str) -> BriefingSession | None:
    """One session, or None."""
    return db.session.scalar(
        select(BriefingSession)
        .where(BriefingSession.public_id == public_id)
        .options(
            joinedload(BriefingSession.period),
            selectinload(BriefingSession.seats).joinedload(BriefingSeat.team),
        )
    )


def find_team_of(public_id: str, viewer: Viewer, permission: Permission) -> Team | None:
    """A team that the permission reaches for the viewer, with its people, or None."""
    statement = select(Team).where(
        Team.public_id == public_id, reach(viewer, permission), Team.state.in_(ANNOUNCED)
    )
    return db.session.scalar(with_people(statement))


def seat_of(team: Team) -> BriefingSeat | None:
    """When a team speaks, if that is decided."""
    return db.session.scalar(
        select(BriefingSeat)
        .where(BriefingSeat.team_id == team.id)
        .options(joinedload(BriefingSeat.session))
    )


def unsuitable_days(teams: Sequence[Team]) -> dict[int, list[UnsuitableDay]]:
    """Days that do not suit, by team, in order."""
    rows = db.session.scalars(
        select(UnsuitableDay)
        .where(UnsuitableDay.team_id.in_([team.id for team in teams]))
        .order_by(UnsuitableDay.day)
    )
    found: dict[int, list[UnsuitableDay]] = defaultdict(list)
    for row in rows:
        found[row.team_id].append(row)
    return found


def sitting(session: BriefingSession) -> Sitting:
    """A session as the rules take it."""
    return Sitting(session.id, session.name, session.starts_at, session.ends_at, session.size)


def parties(teams: Sequence[Team], sessions: Sequence[BriefingSession]) -> list[Party]:
    """The teams as the rules take them, with what their people have planned at those times."""
    away = unsuitable_days(teams)
    plans = _plans(teams, sessions)
    found = []
    for team in teams:
        people = tuple(
            Person(m.official.email, m.official.name, m.started_on, m.ended_on)
            for m in team.members
        )
        town = team.challenge.municipality
        found.append(
            Party(
                key=team.id,
                name=town.name,
                groups=(
                    f"prefecture:{town.prefecture_code}",
                    f"field:{team.challenge.main_field.code}",
                ),
                people=people,
                away={row.day: row.note for row in away[team.id]},
                plans=tuple(
                    dict.fromkeys(plan for person in people for plan in plans[person.email])
                ),
            )
        )
    return found


def _plans(teams: Sequence[Team], sessions: Sequence[BriefingSession]) -> dict[str, list[Plan]]:
    """Planned meetings and visits beside the sessions, by e-mail of who takes part."""
    found: dict[str, list[Plan]] = defaultdict(list)
    if not sessions:
        return found
    rows = db.session.scalars(
        select(Activity).where(
            Activity.team_id.in_([team.id for team in teams]),
            Activity.state == ActivityState.PLANNED,
            Activity.planned_start < max(session.ends_at for session in sessions),
            Activity.planned_end > min(session.starts_at for session in sessions),
        )
    )
    team_by_id = {team.id: team for team in teams}
    for row in rows:
        if row.planned_start is None or row.planned_end is None:
            continue  # a plan always has its time: the table sees to it
        for member in team_by_id[row.team_id].members:
            person = Person("", "", member.started_on, member.ended_on)
            if person.serves_on(row.day):
                email = member.official.email
                found[email].append(Plan(email, row.title, row.planned_start, row.planned_end))
    return found


def seats_of(sessions: Sequence[BriefingSession]) -> dict[int, int]:
    """Which session each team has a seat in (ids)."""
    return {seat.team_id: session.id for session in sessions for seat in session.seats}


def clashes_of(shown: Programme) -> dict[int, list[str]]:
    """What speaks against the programme as it stands, by team id."""
    teams = [seat.team for session in shown.sessions for seat in session.seats]
    return clashes(
        parties(teams, shown.sessions),
        [sitting(session) for session in shown.sessions],
        seats_of(shown.sessions),
    )


def resting(team: Team) -> bool:
    """True while a team pauses: it is given no seat by itself."""
    return team.state is TeamState.PAUSED
