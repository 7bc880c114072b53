"""Both surveys of a period counted, with how the answers came in and the teams beside them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from companion.applications.models import Challenge
from companion.core import clock
from companion.core.db import db
from companion.core.wareki import wareki
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.places.prefectures import REGION_OF
from companion.reports.queries import announced_teams
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
from companion.teams.models import Team

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
        surveys={
            survey_id: survey_figures(survey_id, period, is_public=is_public)
            for survey_id in SURVEYS
        },
        teams=announced_teams(period),
    )


def survey_figures(survey_id: str, period: Period, *, is_public: bool) -> SurveyFigures | None:
    """Count one survey of a period; None while it is not closed."""
    survey_round = round_of(survey_id, period)
    return figures_of(survey_round, is_public=is_public) if survey_round else None


def figures_of(survey_round: SurveyRound, *, is_public: bool) -> SurveyFigures | None:
    """Count one round; None while it is not closed."""
    if survey_round.closed_at is None:
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
