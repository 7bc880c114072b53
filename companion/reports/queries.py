"""The figures of a period that reports print: both surveys counted, the teams by policy field."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from companion.applications.models import ChallengeField
from companion.core.db import db
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.surveys.checks import Check, checks
from companion.surveys.definition import SurveyDefinition
from companion.surveys.queries import (
    answer_sets,
    definition_of,
    invited_count,
    round_of,
)
from companion.surveys.tables import Table
from companion.surveys.tabulate import tabulate_all
from companion.surveys.terms import Identity
from companion.teams.models import Team
from companion.teams.terms import ANNOUNCED

SURVEYS = ("municipality_eval", "official_eval")


@dataclass(frozen=True)
class SurveyFigures:
    """One closed survey of a period: definition, tables by question, base figures, checks.

    `data_hash` is the SHA-256 over the definition and all answers, whatever their order.
    """

    defn: SurveyDefinition
    tables: dict[str, Table]
    invited: int
    answered: int
    closed_at: dt.datetime
    data_hash: str
    checks: list[Check]


@dataclass(frozen=True)
class FieldCount:
    """How many teams work on a policy field; a team counts in each of its fields."""

    label: str
    count: int


@dataclass(frozen=True)
class SatisfactionFigures:
    """Everything the satisfaction workbook prints. A survey that is not closed is None."""

    period: Period
    surveys: dict[str, SurveyFigures | None]
    team_count: int
    fields: list[FieldCount]

    @property
    def counted_at(self) -> dt.datetime | None:
        """When the newest of the counted surveys was closed."""
        return max((s.closed_at for s in self.surveys.values() if s), default=None)

    @property
    def data_hash(self) -> str:
        """Eight digits that stand for all the data of the workbook."""
        parts = [s.data_hash if s else "" for s in self.surveys.values()]
        parts += [f"{row.label}:{row.count}" for row in self.fields]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:8]


def satisfaction_figures(period: Period) -> SatisfactionFigures:
    """Count both surveys and the teams of a period."""
    return SatisfactionFigures(
        period=period,
        surveys={survey_id: _survey(survey_id, period) for survey_id in SURVEYS},
        team_count=db.session.scalar(
            select(func.count())
            .select_from(Team)
            .where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
        )
        or 0,
        fields=_fields(period),
    )


def _survey(survey_id: str, period: Period) -> SurveyFigures | None:
    survey_round = round_of(survey_id, period)
    if survey_round is None or survey_round.closed_at is None:
        return None
    defn = definition_of(survey_round)
    sets = answer_sets(survey_round)
    invited = invited_count(survey_round)
    # Named answers are the coordinators' own; of others no base below the survey's threshold.
    least = 0 if survey_round.identity is Identity.IDENTIFIED else None
    tables = tabulate_all(defn, sets, invited=invited, min_base=least)
    return SurveyFigures(
        defn=defn,
        tables=tables,
        invited=invited,
        answered=len(sets),
        closed_at=survey_round.closed_at,
        data_hash=_hash(survey_round.version.sha256, sets),
        checks=checks(defn, tables, valid=len(sets), invited=invited),
    )


def _hash(definition_hash: str, sets: list[dict[str, Any]]) -> str:
    rows = sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in sets)
    return hashlib.sha256("\n".join([definition_hash, *rows]).encode()).hexdigest()


def _fields(period: Period) -> list[FieldCount]:
    counted: dict[str, int] = dict(
        db.session.execute(
            select(ChallengeField.field_code, func.count())
            .join(Team, Team.challenge_id == ChallengeField.challenge_id)
            .where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
            .group_by(ChallengeField.field_code)
        ).all()
    )
    return [
        FieldCount(field.digit + field.label, counted.get(field.code, 0))
        for field in policy_fields()
    ]
