"""Reading rounds: their definitions, how many are invited and have answered, populations."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge, Official
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.surveys.definition import SurveyDefinition, from_canonical
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import (
    ANSWERED,
    InvitationState,
)
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED


@lru_cache(maxsize=32)
def _read(canonical: str) -> SurveyDefinition:
    return from_canonical(canonical)


def definition_of(survey_round: SurveyRound) -> SurveyDefinition:
    """The definition a round was opened with, for those it was put to."""
    return _put_to(survey_round.version.canonical, survey_round.audience)


@lru_cache(maxsize=32)
def _put_to(canonical: str, audience: str) -> SurveyDefinition:
    defn = _read(canonical)
    unit = {"municipality": "organisation", "official": "person"}.get(audience)
    if unit is None or audience == defn.audience:
        return defn
    return defn.model_copy(update={"audience": audience, "unit": unit})


def rounds_of(period: Period) -> list[SurveyRound]:
    """The rounds of a period with their versions."""
    return list(
        db.session.scalars(
            select(SurveyRound)
            .where(SurveyRound.period_id == period.id)
            .options(joinedload(SurveyRound.version))
            .order_by(SurveyRound.survey_id)
        )
    )


def round_of(survey_id: str, period: Period, occasion: str = "") -> SurveyRound | None:
    """The round of a survey in a period; of a short survey the one of an occasion."""
    return db.session.scalar(
        select(SurveyRound)
        .where(
            SurveyRound.survey_id == survey_id,
            SurveyRound.period_id == period.id,
            SurveyRound.occasion == occasion,
        )
        .options(joinedload(SurveyRound.version))
    )


def find_round(public_id: str, viewer: Viewer) -> SurveyRound | None:
    """One round for those who follow surveys; None when out of reach or not there."""
    if not viewer.may(Permission.SURVEY_STATUS):
        return None
    return db.session.scalar(
        select(SurveyRound)
        .where(SurveyRound.public_id == public_id)
        .options(joinedload(SurveyRound.version), joinedload(SurveyRound.period))
    )


def invited_count(survey_round: SurveyRound) -> int:
    """配布数: everyone invited, without those who could not be reached."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Invitation)
            .where(
                Invitation.round_id == survey_round.id,
                Invitation.state != InvitationState.UNREACHABLE,
            )
        )
        or 0
    )


def submitted_count(survey_round: SurveyRound) -> int:
    """How many of those invited have submitted."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Invitation)
            .where(
                Invitation.round_id == survey_round.id,
                Invitation.state.in_(ANSWERED),
            )
        )
        or 0
    )


def counts_by_round(period: Period) -> dict[int, tuple[int, int]]:
    """(invited, submitted) of every round of a period, in one query."""
    rows = db.session.execute(
        select(Invitation.round_id, Invitation.state, func.count())
        .join(SurveyRound, SurveyRound.id == Invitation.round_id)
        .where(SurveyRound.period_id == period.id)
        .group_by(Invitation.round_id, Invitation.state)
    )
    counted: dict[int, tuple[int, int]] = {}
    for round_id, state, count in rows:
        invited, submitted = counted.get(round_id, (0, 0))
        counted[round_id] = (
            invited + (0 if state is InvitationState.UNREACHABLE else count),
            submitted + (count if state in ANSWERED else 0),
        )
    return counted


def population(name: str, period: Period) -> list[tuple[Team, Official | None]]:
    """Everyone in a named population: (team, official), official None for municipalities.

    `cohort_municipalities`: the municipality of every announced team. `cohort_officials`: every
    present member of an announced team. An unknown name is nobody.
    """
    teams = select(Team).where(Team.period_id == period.id, Team.state.in_(ANNOUNCED))
    if name == "cohort_municipalities":
        chosen = teams.options(
            joinedload(Team.challenge).joinedload(Challenge.municipality)
        ).order_by(Team.number)
        return [(team, None) for team in db.session.scalars(chosen)]
    if name == "cohort_officials":
        rows = db.session.execute(
            select(Team, Official)
            .join(TeamMember, TeamMember.team_id == Team.id)
            .join(Official, Official.id == TeamMember.official_id)
            .where(
                Team.period_id == period.id,
                Team.state.in_(ANNOUNCED),
                TeamMember.ended_on.is_(None),
            )
            .order_by(Team.number, TeamMember.position)
        )
        return [(team, official) for team, official in rows]
    return []
