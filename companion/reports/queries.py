"""The figures of a period that reports print: both surveys counted, the teams by policy field."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge, ChallengeField, Official, OfficialField
from companion.applications.terms import ChallengeState, OfficialState
from companion.core import clock
from companion.core.db import db
from companion.core.wareki import wareki
from companion.matching.models import MatchRun
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.places.prefectures import REGION_OF
from companion.reports.models import ReportExport, ReportPlan, ReportTemplate
from companion.surveys.checks import Check, checks
from companion.surveys.definition import SurveyDefinition
from companion.surveys.models import Invitation, ResponseDay, SurveyRound, SurveyVersion
from companion.surveys.queries import (
    answer_sets,
    counted_answers,
    definition_of,
    invited_count,
    round_of,
)
from companion.surveys.tables import Table
from companion.surveys.tabulate import tabulate_all
from companion.surveys.terms import ANSWERED, Channel, Identity, InvitationState
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_serving_today, with_people
from companion.teams.terms import ANNOUNCED

CHOSEN = frozenset({ChallengeState.SELECTED})
SERVING = frozenset({OfficialState.ASSIGNED})
SURVEYS = ("municipality_eval", "official_eval")


@dataclass(frozen=True)
class Came:
    """How the answers of a survey came in: first ones by day, by region and by channel.

    `asked` and `answered` count by the region of the team's municipality.
    """

    by_day: dict[dt.date, int]
    asked: Counter[str]
    answered: Counter[str]
    by_channel: Counter[Channel]


@dataclass(frozen=True)
class SurveyFigures:
    """One closed survey of a period: definition, tables by question, base figures, checks.

    `data_hash` is the SHA-256 over the definition and all answers, whatever their order.
    """

    defn: SurveyDefinition
    tables: dict[str, Table]
    invited: int
    answered: int
    identity: Identity
    opened_at: dt.datetime
    closed_at: dt.datetime
    data_hash: str
    checks: list[Check]
    came: Came
    version_notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SatisfactionFigures:
    """Everything the satisfaction workbook prints. A survey that is not closed is None."""

    period: Period
    surveys: dict[str, SurveyFigures | None]
    teams: list[Team]

    @property
    def counted_at(self) -> dt.datetime | None:
        """When the newest of the counted surveys was closed."""
        return max((s.closed_at for s in self.surveys.values() if s), default=None)


def satisfaction_figures(period: Period, *, is_public: bool = False) -> SatisfactionFigures:
    """Count both surveys and the teams of a period; publicly every threshold holds."""
    return SatisfactionFigures(
        period=period,
        surveys={survey_id: _survey(survey_id, period, is_public) for survey_id in SURVEYS},
        teams=announced_teams(period),
    )


def _survey(survey_id: str, period: Period, is_public: bool) -> SurveyFigures | None:
    survey_round = round_of(survey_id, period)
    if survey_round is None or survey_round.closed_at is None:
        return None
    defn = definition_of(survey_round)
    sets = answer_sets(survey_round)
    invited = invited_count(survey_round)
    # Named answers are the coordinators' own; of others no base below the survey's threshold.
    is_open = survey_round.identity is Identity.IDENTIFIED and not is_public
    least = 0 if is_open else None
    tables = tabulate_all(defn, counted_answers(survey_round), invited=invited, min_base=least)
    return SurveyFigures(
        defn=defn,
        tables=tables,
        invited=invited,
        answered=len(sets),
        identity=survey_round.identity,
        opened_at=survey_round.opened_at,
        closed_at=survey_round.closed_at,
        data_hash=_hash(survey_round.version.sha256, sets),
        checks=checks(defn, tables, valid=len(sets), invited=invited),
        came=_came(survey_round),
        version_notes=_version_notes(survey_round),
    )


def _came(survey_round: SurveyRound) -> Came:
    days = db.session.scalars(
        select(ResponseDay).where(ResponseDay.round_id == survey_round.id, ResponseDay.count > 0)
    )
    came = Came({row.day: row.count for row in days}, Counter(), Counter(), Counter())
    rows = db.session.execute(
        select(Municipality.prefecture_code, Invitation.state, Invitation.channel, func.count())
        .join(Team, Team.id == Invitation.team_id)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Municipality, Municipality.lg_code == Challenge.lg_code)
        .where(
            Invitation.round_id == survey_round.id,
            Invitation.state != InvitationState.UNREACHABLE,
        )
        .group_by(Municipality.prefecture_code, Invitation.state, Invitation.channel)
    )
    for prefecture, state, channel, count in rows:
        came.asked[REGION_OF[prefecture]] += count
        if state in ANSWERED:
            came.answered[REGION_OF[prefecture]] += count
            if channel is not None:
                came.by_channel[channel] += count
    return came


def _version_notes(survey_round: SurveyRound) -> tuple[str, ...]:
    """What a reader must know when the questionnaire was changed before this round."""
    chosen = survey_round.version
    published = db.session.scalars(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == chosen.survey_id)
        .order_by(SurveyVersion.published_at, SurveyVersion.id)
    )
    rows = [row for row in published if row.number <= chosen.number]
    if len(rows) < 2:
        return ()
    return tuple(
        f"「{row.title}」版{row.version}"
        f"（{wareki(clock.to_jst(row.published_at).date())}から）：{row.note or '説明なし'}"
        for row in rows[1:]
    )


def _hash(definition_hash: str, sets: list[dict[str, Any]]) -> str:
    rows = sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in sets)
    return hashlib.sha256("\n".join([definition_hash, *rows]).encode()).hexdigest()


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
