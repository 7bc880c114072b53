"""What the boards count: a period's facts, and a ministry's part in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from companion.activities.models import Activity, Attendance
from companion.activities.queries.load import FEWEST_PEOPLE, SMALL
from companion.activities.rules import hours_tenths
from companion.activities.terms import TOOK_PLACE, AttendanceStatus
from companion.applications.models import Challenge, Official
from companion.applications.terms import ChallengeState, OfficialState
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import ANSWERED, InvitationState
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED, TeamState


@dataclass(frozen=True)
class Facts:
    """A period in numbers; withdrawn and declined applications are not counted."""

    challenges: int
    officials: int
    teams: int
    waiting_teams: int


def facts_of(period: Period) -> Facts:
    """Applications of both sides and teams, known to all or still waiting."""
    teams = db.session.execute(
        select(Team.state, func.count()).where(Team.period_id == period.id).group_by(Team.state)
    )
    counts = {row[0]: row[1] for row in teams}
    return Facts(
        challenges=_count(Challenge, period, ChallengeState.WITHDRAWN),
        officials=_count(Official, period, OfficialState.DECLINED),
        teams=sum(counts.values()),
        waiting_teams=sum(counts.get(state, 0) for state in set(TeamState) - ANNOUNCED),
    )


def _count(model: type[Challenge] | type[Official], period: Period, but: object) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(model)
            .where(model.period_id == period.id, model.state != but)
        )
        or 0
    )


def own_application(period: Period, viewer: Viewer) -> Official | None:
    """An official's application in a period."""
    return db.session.scalar(
        select(Official).where(Official.period_id == period.id, Official.email == viewer.email)
    )


def own_challenge(period: Period, viewer: Viewer) -> Challenge | None:
    """A municipality's challenge in a period."""
    return db.session.scalar(
        select(Challenge).where(
            Challenge.period_id == period.id, Challenge.lg_code == viewer.lg_code
        )
    )


@dataclass(frozen=True)
class Share:
    """What a ministry's officials gave together: attendances, and minutes with preparation."""

    attendances: int
    minutes: int

    @property
    def hours(self) -> str:
        """The minutes as hours with one decimal."""
        return hours_tenths(self.minutes)


def share_of(teams: Collection[Team], ministry_code: str | None) -> Share | None:
    """The sums over a ministry's officials in these teams; None when too few for a sum."""
    people = {
        member.official_id
        for team in teams
        for member in team.current_members
        if member.official.ministry_code == ministry_code
    }
    if len(people) < FEWEST_PEOPLE:
        return None
    row = db.session.execute(
        select(func.count(), func.sum(Attendance.minutes))
        .join(TeamMember, TeamMember.id == Attendance.member_id)
        .join(Official, Official.id == TeamMember.official_id)
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(
            Activity.team_id.in_([team.id for team in teams]),
            Activity.state.in_(TOOK_PLACE),
            Attendance.status == AttendanceStatus.PRESENT,
            Official.ministry_code == ministry_code,
        )
    ).one()
    return Share(row[0], row[1] or 0)


@dataclass(frozen=True)
class SurveyCount:
    """How many of a ministry's officials were asked and have answered; never who."""

    round: SurveyRound
    invited: int
    answered: int

    @property
    def words(self) -> str:
        """The answered ones; a small number of either kind is not said exactly."""
        if 0 < self.answered < SMALL:
            return f"{SMALL}人未満"
        if 0 < self.invited - self.answered < SMALL:
            return f"未回答は{SMALL}人未満"
        return f"{self.answered}人"


def survey_counts(period: Period, viewer: Viewer) -> list[SurveyCount]:
    """The period's surveys of which ten officials of the viewer's ministry or more were asked."""
    if viewer.grant(Permission.SURVEY_COUNTS).scope is not Scope.COUNT:
        return []
    answered = func.sum(case((Invitation.state.in_(ANSWERED), 1), else_=0))
    rows = db.session.execute(
        select(SurveyRound, func.count(), answered)
        .join(Invitation, Invitation.round_id == SurveyRound.id)
        .join(Official, Official.id == Invitation.official_id)
        .where(
            SurveyRound.period_id == period.id,
            Official.ministry_code == viewer.ministry_code,
            Invitation.state != InvitationState.UNREACHABLE,
        )
        .options(selectinload(SurveyRound.version))
        .group_by(SurveyRound.id)
        .having(func.count() >= FEWEST_PEOPLE)
        .order_by(SurveyRound.survey_id, SurveyRound.opened_at)
    )
    return [SurveyCount(*row) for row in rows]
