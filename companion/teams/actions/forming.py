"""Forming teams from the matcher's answer, and making them known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from companion.applications.models import Challenge, Official
from companion.applications.terms import ChallengeState, OfficialState
from companion.approvals.actions import approve, ask
from companion.approvals.models import Approval
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.tenure import extend_terms
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.rules import appointment_start
from companion.teams.terms import MemberRole, TeamsAnnounced, TeamState

# Applications about which the announcement decides; ineligible and withdrawn ones stay so.
WAITING_CHALLENGES = {ChallengeState.SUBMITTED, ChallengeState.ELIGIBLE}
WAITING_OFFICIALS = {OfficialState.SUBMITTED, OfficialState.CONSENTED, OfficialState.ELIGIBLE}


NOTHING_WAITS = "公表を待っているチームがありません。先にマッチングの結果を採用してください。"


@dataclass(frozen=True)
class TeamPlan:
    """One team to form: the leader comes first; `member_reasons` by the official's e-mail.

    `score` and `parts` are hundredths of a point.
    """

    challenge: Challenge
    officials: Sequence[Official]
    score: int | None = None
    parts: dict[str, int] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    member_reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)


def form_teams(period: Period, plans: Sequence[TeamPlan], *, by: Viewer | None) -> list[Team]:
    """Form the proposed teams of a period, in place of those proposed before.

    Teams are numbered from 1 by municipality code.

    Raises:
        Refused: a team of the period is confirmed or announced already, a challenge or official
            belongs to another period or stands in two plans, or a plan has nobody.
    """
    _check_plans(period, plans)
    earlier = list(db.session.scalars(select(Team).where(Team.period_id == period.id)))
    if any(team.state is not TeamState.PROPOSED for team in earlier):
        raise Refused(
            f"{period.name}のチームは既に確定または公表されているため、編成し直せません。"
        )
    for team in earlier:
        db.session.delete(team)
    db.session.flush()  # their numbers and members are free again before the new ones come
    teams = [
        _team(period, number, plan)
        for number, plan in enumerate(sorted(plans, key=lambda p: p.challenge.lg_code), start=1)
    ]
    db.session.add_all(teams)
    db.session.flush()
    audit.record("team.form", period.name, by=by, teams=len(teams), replaced=len(earlier))
    return teams


def _check_plans(period: Period, plans: Sequence[TeamPlan]) -> None:
    if not plans:
        raise Refused("編成するチームがありません。")
    challenges: set[int] = set()
    officials: set[int] = set()
    for plan in plans:
        town = plan.challenge.municipality.full_name
        if not plan.officials:
            raise Refused(f"{town}のチームに支援官がいません。")
        if {plan.challenge.period_id, *(o.period_id for o in plan.officials)} != {period.id}:
            raise Refused(f"{town}のチームに、{period.name}以外の応募が含まれています。")
        if plan.challenge.id in challenges:
            raise Refused(f"{town}が二つのチームに入っています。")
        challenges.add(plan.challenge.id)
        for official in plan.officials:
            if official.id in officials:
                raise Refused(f"{official.name}さんが二つの席に入っています。")
            officials.add(official.id)


def _team(period: Period, number: int, plan: TeamPlan) -> Team:
    return Team(
        period=period,
        number=number,
        challenge=plan.challenge,
        state=TeamState.PROPOSED,
        score=plan.score,
        score_parts=dict(plan.parts),
        reasons=list(plan.reasons),
        members=[
            TeamMember(
                official=official,
                position=position,
                role=MemberRole.LEADER if position == 0 else MemberRole.MEMBER,
                reasons=list(plan.member_reasons.get(official.email, ())),
            )
            for position, official in enumerate(plan.officials)
        ],
    )


def announce_teams(period: Period, *, by: Viewer | None) -> list[Team]:
    """Make the period's teams known: from now on members and municipalities see them.

    Chosen challenges and officials take their result, the waiting rest of both sides theirs.

    Raises:
        Refused: no team waits for its announcement.
    """
    teams = waiting_teams(period)
    if not teams:
        raise Refused(NOTHING_WAITS)
    start = appointment_start(period.first_day, period.last_day, clock.today())
    for team in teams:
        team.state = TeamState.ACTIVE
        team.announced_at = clock.now()
        team.challenge.state = ChallengeState.SELECTED
        for member in team.current_members:
            member.started_on = start
            member.official.state = OfficialState.ASSIGNED
    db.session.flush()
    extend_terms(
        period.last_day,
        emails=[member.official.email for team in teams for member in team.current_members],
        lg_codes=[team.challenge.lg_code for team in teams],
        by=by,
    )
    _close_the_rest(period)
    audit.record("team.announce", period.name, by=by, teams=len(teams), start=start.isoformat())
    events.publish(TeamsAnnounced(period.id, tuple(team.id for team in teams)))
    return teams


def waiting_teams(period: Period) -> list[Team]:
    """The teams of a period that are not known yet, by number."""
    waiting = Team.state.in_({TeamState.PROPOSED, TeamState.CONFIRMED})
    return list(
        db.session.scalars(
            select(Team).where(Team.period_id == period.id, waiting).order_by(Team.number)
        )
    )


def _hash_of(teams: Sequence[Team]) -> str:
    """Who serves where, as one value: what was asked for is what is approved."""
    text = ";".join(
        f"{team.challenge.lg_code}:"
        + ",".join(sorted(member.official.email for member in team.current_members))
        for team in teams
    )
    return hashlib.sha256(text.encode()).hexdigest()


def ask_to_announce(period: Period, reason: str, *, by: Viewer) -> Approval:
    """Ask a second coordinator to let the period's teams be made known.

    Raises:
        Refused: no team waits for its announcement, or it is asked for already.
    """
    teams = waiting_teams(period)
    if not teams:
        raise Refused(NOTHING_WAITS)
    return ask(
        "teams.announce",
        str(period.fiscal_year),
        title=f"{period.name}の{len(teams)}チームの公表",
        reason=reason,
        by=by,
        teams_hash=_hash_of(teams),
        lines=[
            "支援官、自治体、都道府県、府省庁の利用者がチームを見られるようになります。",
            "選ばれなかった応募は「選外」「配置なし」になります。公表は元に戻せません。",
        ],
        page=f"/{period.fiscal_year}/teams/announce",
    )


def announce_as_asked(period: Period, teams_hash: str, *, by: Viewer) -> list[Team]:
    """Make known exactly what the request was about.

    Raises:
        Refused: the teams have changed since, or none waits any more.
    """
    if _hash_of(waiting_teams(period)) != teams_hash:
        raise Refused(
            "承認を依頼した後にチームが変わりました。この依頼を却下し、内容を確かめて依頼し直してください。"
        )
    return announce_teams(period, by=by)


def announce_by_two(period: Period, reason: str, *, asked: Viewer, approved: Viewer) -> None:
    """Let two coordinators decide at once, where both stand at one place: a command, the demo.

    Raises:
        Refused: both are the same person, or no team waits for its announcement.
    """
    approve(ask_to_announce(period, reason, by=asked), by=approved)


def _close_the_rest(period: Period) -> None:
    """Give the applications that did not get a team their result, row by row for the versions."""
    for challenge in db.session.scalars(
        select(Challenge).where(
            Challenge.period_id == period.id, Challenge.state.in_(WAITING_CHALLENGES)
        )
    ):
        challenge.state = ChallengeState.NOT_SELECTED
    for official in db.session.scalars(
        select(Official).where(
            Official.period_id == period.id, Official.state.in_(WAITING_OFFICIALS)
        )
    ):
        official.state = OfficialState.NOT_ASSIGNED
    db.session.flush()
