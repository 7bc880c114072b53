"""Who could come instead, by the matcher's own points; what is handed over; the reserve list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.models import Activity, Guest, NextAction
from companion.activities.terms import TOOK_PLACE, UNSETTLED, ActivityState, GuestSide
from companion.applications.models import Official, OfficialField
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.matching.check import team_violations
from companion.matching.queries.freezing import freeze
from companion.matching.score import score_team
from companion.matching.whynot import signed
from companion.periods.models import Period
from companion.teams.actions.serving import FREE_TO_COME
from companion.teams.models import Team, TeamMember
from companion.teams.queries import own_to


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take a seat: the team's points by part with this person (hundredths)."""

    official: Official
    score: int
    parts: dict[str, int]
    difference: int  # against the team as it was

    @property
    def sentence(self) -> str:
        """What the change does to the team's points."""
        return f"チームの得点は{self.score / 100:.2f}点（{signed(self.difference)}点）になる。"


@dataclass(frozen=True)
class Proposals:
    """Who could come, the best first, and whom a rule forbids, with the rule."""

    now: int | None
    candidates: list[Candidate]
    forbidden: list[tuple[Official, str]]


def reserves_of(period: Period, viewer: Viewer) -> list[Official]:
    """The officials who were not placed and could still come, by ministry and name."""
    if not viewer.may(Permission.TEAM_CHANGE_VIEW):
        return []
    serving = exists().where(TeamMember.official_id == Official.id, TeamMember.ended_on.is_(None))
    rows = db.session.scalars(
        select(Official)
        .where(
            Official.period_id == period.id,
            Official.state.in_(FREE_TO_COME),
            Official.has_consent.is_(True),
            ~serving,
        )
        .options(
            joinedload(Official.ministry),
            selectinload(Official.fields).joinedload(OfficialField.field),
            selectinload(Official.places),
        )
    )
    return sorted(rows, key=lambda row: (row.ministry.position, row.kana, row.email))


def proposals_for(member: TeamMember, viewer: Viewer) -> Proposals:
    """Everybody on the reserve list in the seat of a member, judged as the matcher judges.

    The weights and rules are those of the period as they stand now.
    """
    team = member.team
    frozen = freeze(team.period, team_count=1)
    problem, key = frozen.problem, team.challenge.lg_code
    stay = [
        row.official.email for row in team.members if row.id != member.id and row.ended_on is None
    ]
    if key not in problem.challenge_by_key or not all(m in problem.official_by_key for m in stay):
        return Proposals(None, [], [])
    as_it_was = [*stay, member.official.email]
    now = (
        sum(score_team(problem, key, as_it_was).values())
        if member.official.email in problem.official_by_key
        else None
    )
    candidates, forbidden = [], []
    for official in reserves_of(team.period, viewer):
        if official.email not in problem.official_by_key:
            continue
        members = [*stay, official.email]
        broken = team_violations(problem, key, members)
        if broken:
            forbidden.append((official, broken[0]))
            continue
        parts = score_team(problem, key, members)
        score = sum(parts.values())
        candidates.append(Candidate(official, score, parts, score - (now or 0)))
    candidates.sort(key=lambda row: (-row.score, row.official.email))
    return Proposals(now, candidates, forbidden)


def find_member(public_id: str, viewer: Viewer) -> TeamMember | None:
    """One appointment of a team the viewer reads, or None."""
    return db.session.scalar(
        select(TeamMember)
        # A query of its own: who is a member is asked of the same table again.
        .where(
            TeamMember.public_id == public_id,
            TeamMember.team_id.in_(select(Team.id).where(own_to(viewer))),
        )
        .options(joinedload(TeamMember.official), joinedload(TeamMember.team))
    )


def may_hand_over(member: TeamMember, viewer: Viewer) -> bool:
    """True when the viewer reads the hand-over page: the team's officials, coordinator, auditor."""
    return viewer.may(Permission.HANDOVER_VIEW)


@dataclass(frozen=True)
class Met:
    """Somebody of the municipality or from outside, and the last day on which they took part."""

    side: GuestSide
    organisation: str
    post: str
    name: str
    last: dt.date


@dataclass(frozen=True)
class HandOver:
    """What somebody who comes needs: open actions, what is planned, what was decided, by whom."""

    member: TeamMember
    own_actions: list[NextAction]
    other_actions: list[NextAction]
    planned: list[Activity]
    decided: list[Activity]
    people: list[Met]
    latest: Activity | None
    until: dt.date | None


def hand_over(member: TeamMember) -> HandOver:
    """Everything open, promised and decided in a member's team, with people and dates."""
    actions = db.session.scalars(
        select(NextAction)
        .where(NextAction.team_id == member.team_id, NextAction.state.in_(UNSETTLED))
        .options(joinedload(NextAction.owner_member).joinedload(TeamMember.official))
        .order_by(NextAction.due_on.is_(None), NextAction.due_on, NextAction.id)
    ).all()
    held = [row for row in _activities(member.team_id) if row.is_held]
    return HandOver(
        member=member,
        own_actions=[row for row in actions if row.owner_member_id == member.id],
        other_actions=[row for row in actions if row.owner_member_id != member.id],
        planned=[r for r in _activities(member.team_id) if r.state is ActivityState.PLANNED],
        decided=[row for row in held if row.decisions or row.until_next],
        people=_met(member.team_id),
        latest=held[0] if held else None,
        until=member.ended_on,
    )


def _met(team_id: int) -> list[Met]:
    """Everybody the team has met, those of the latest meeting first."""
    who = (Guest.side, Guest.organisation, Guest.post, Guest.name)
    last = func.max(Activity.held_start)
    rows = db.session.execute(
        select(*who, last)
        .join(Activity, Activity.id == Guest.activity_id)
        .where(Activity.team_id == team_id, Activity.state.in_(TOOK_PLACE))
        .group_by(*who)
        .order_by(last.desc(), Guest.organisation, Guest.name)
    )
    return [Met(*row[:4], clock.to_jst(row[4]).date()) for row in rows if row[4] is not None]


def _activities(team_id: int) -> Sequence[Activity]:
    rows = db.session.scalars(select(Activity).where(Activity.team_id == team_id)).all()
    return sorted(rows, key=lambda row: (row.day, row.id), reverse=True)
