"""The figures of a period that reports print: both surveys counted, the teams by policy field."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge, ChallengeField, Official, OfficialField
from companion.applications.terms import ChallengeState, OfficialState
from companion.core.db import db
from companion.matching.models import MatchRun
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.reports.models import ReportExport, ReportPlan, ReportTemplate
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_serving_today, with_people
from companion.teams.terms import ANNOUNCED

CHOSEN = frozenset({ChallengeState.SELECTED})
SERVING = frozenset({OfficialState.ASSIGNED})


def all_challenges(period: Period) -> list[Challenge]:
    """Every challenge of a period, by municipality code."""
    return list(
        db.session.scalars(
            select(Challenge)
            .where(Challenge.period_id == period.id)
            .options(
                joinedload(Challenge.municipality),
                selectinload(Challenge.fields).joinedload(ChallengeField.field),
            )
            .order_by(Challenge.lg_code)
        )
    )


def all_officials(period: Period) -> list[Official]:
    """Every official's application of a period, by e-mail."""
    return list(
        db.session.scalars(
            select(Official)
            .where(Official.period_id == period.id)
            .options(
                joinedload(Official.ministry),
                selectinload(Official.fields).joinedload(OfficialField.field),
            )
            .order_by(Official.email)
        )
    )


def announced_teams(period: Period) -> list[Team]:
    """The teams that are public, with their people, by number."""
    statement = select(Team).where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
    return list(db.session.scalars(with_people(statement).order_by(Team.number)))


def ministries() -> list[Ministry]:
    """Ministries in their order."""
    return list(db.session.scalars(select(Ministry).order_by(Ministry.position)))


def plan_of(period: Period, pack: str) -> ReportPlan | None:
    """How a report is made by itself, if it is."""
    return db.session.scalar(
        select(ReportPlan).where(ReportPlan.period_id == period.id, ReportPlan.pack == pack)
    )


def plans_of(period: Period) -> dict[str, ReportPlan]:
    """What is made by itself in a period, by pack."""
    rows = db.session.scalars(select(ReportPlan).where(ReportPlan.period_id == period.id))
    return {row.pack: row for row in rows}


def all_plans() -> list[ReportPlan]:
    """What is made by itself in any period."""
    return list(db.session.scalars(select(ReportPlan).order_by(ReportPlan.id)))


def exports_of(period: Period, packs: list[str], *, limit: int = 100) -> list[ReportExport]:
    """The latest exports of a period, newest first, of these packs."""
    return list(
        db.session.scalars(
            select(ReportExport)
            .where(ReportExport.period_id == period.id, ReportExport.pack.in_(packs))
            .order_by(ReportExport.made_at.desc(), ReportExport.id.desc())
            .limit(limit)
        )
    )


def find_export(public_id: str) -> ReportExport | None:
    """One export."""
    return db.session.scalar(
        select(ReportExport)
        .where(ReportExport.public_id == public_id)
        .options(joinedload(ReportExport.period))
    )


@dataclass(frozen=True)
class TeamLine:
    """What long lists say of a team, without the objects behind it."""

    id: int
    public_id: str
    number: int
    lg_code: str
    prefecture_code: str
    name: str
    members: int


def team_lines(period: Period) -> list[TeamLine]:
    """The public teams of a period by number, with how many serve in each today."""
    serving = (
        select(TeamMember.team_id, func.count().label("members"))
        .where(is_serving_today())
        .group_by(TeamMember.team_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Team.id,
            Team.public_id,
            Team.number,
            Municipality.lg_code,
            Municipality.prefecture_code,
            Municipality.name,
            func.coalesce(serving.c.members, 0),
        )
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Municipality, Municipality.lg_code == Challenge.lg_code)
        .outerjoin(serving, serving.c.team_id == Team.id)
        .where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
        .order_by(Team.number)
    )
    return [TeamLine(*row) for row in rows]


def last_run(period: Period) -> MatchRun | None:
    """The run adopted last, or the latest when none is."""
    return db.session.scalar(
        select(MatchRun)
        .where(MatchRun.period_id == period.id)
        .order_by(
            MatchRun.adopted_at.is_(None),
            MatchRun.adopted_at.desc(),
            MatchRun.created_at.desc(),
            MatchRun.id.desc(),
        )
        .limit(1)
    )


def templates_of(period: Period, packs: list[str]) -> list[ReportTemplate]:
    """The templates of a period for these packs, removed ones too, by report and name."""
    return list(
        db.session.scalars(
            select(ReportTemplate)
            .where(ReportTemplate.period_id == period.id, ReportTemplate.pack.in_(packs))
            .options(selectinload(ReportTemplate.versions))
            .order_by(ReportTemplate.pack, ReportTemplate.name, ReportTemplate.id)
        )
    )


def find_template(public_id: str) -> ReportTemplate | None:
    """One template."""
    return db.session.scalar(
        select(ReportTemplate)
        .where(ReportTemplate.public_id == public_id)
        .options(joinedload(ReportTemplate.period), selectinload(ReportTemplate.versions))
    )
