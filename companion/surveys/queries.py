"""Reading surveys: who is invited, how far they are, and, after closing, what was answered."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge, Official
from companion.core.access import Permission, Role, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.surveys import tables
from companion.surveys.definition import SurveyDefinition, from_canonical
from companion.surveys.facts import facts_of, facts_used
from companion.surveys.models import AnswerDraft, AnswerSet, Invitation, Reminder, SurveyRound
from companion.surveys.terms import (
    ANSWERED,
    Identity,
    InvitationState,
    ReminderOutcome,
    RoundState,
)
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED


def hash_of(secret: str) -> str:
    """What is stored of a token or secret: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(maxsize=32)
def _read(canonical: str) -> SurveyDefinition:
    return from_canonical(canonical)


def definition_of(survey_round: SurveyRound) -> SurveyDefinition:
    """The definition a round was opened with, for those it was put to."""
    return _put_to(survey_round.version.canonical, survey_round.audience)


@lru_cache(maxsize=32)
def _put_to(canonical: str, audience: str) -> SurveyDefinition:
    defn = _read(canonical)
    if audience in {"", defn.audience}:
        return defn
    unit = "organisation" if audience == "municipality" else "person"
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


def answer_sets(survey_round: SurveyRound) -> list[dict[str, Any]]:
    """The valid answers of a closed round in the order of their random keys.

    Empty while the round is open: nothing is shown before closing.
    """
    if survey_round.state is not RoundState.CLOSED:
        return []
    return list(
        db.session.scalars(
            select(AnswerSet.answers)
            .where(AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False))
            .order_by(AnswerSet.id)
        )
    )


def is_too_small(survey_round: SurveyRound) -> bool:
    """Whether so few answered without their names that no single answer may be shown.

    Who has answered is known: of three answers each would be one of three people's.
    """
    if survey_round.identity is Identity.IDENTIFIED:
        return False
    standing = db.session.scalar(
        select(func.count())
        .select_from(AnswerSet)
        .where(AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False))
    )
    return (standing or 0) < definition_of(survey_round).min_base


def counted_answers(survey_round: SurveyRound) -> list[tables.AnswerSet]:
    """The valid answers of a closed round as they are counted.

    Where conditions look at facts of the respondent (identified rounds only), with these.
    """
    if not facts_used(definition_of(survey_round)):
        return [tables.AnswerSet(answers) for answers in answer_sets(survey_round)]
    if survey_round.state is not RoundState.CLOSED:
        return []
    rows = db.session.execute(
        select(AnswerSet, Invitation)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .where(AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False))
        .options(
            joinedload(Invitation.official),
            joinedload(Invitation.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
        )
        .order_by(AnswerSet.id)
    )
    return [tables.AnswerSet(stored.answers, attrs=facts_of(one)) for stored, one in rows]


def named_answers(survey_round: SurveyRound) -> list[tuple[str, str, dict[str, Any]]]:
    """(addressee, who wrote it, answers) of a closed identified round, by municipality code."""
    if (
        survey_round.state is not RoundState.CLOSED
        or survey_round.identity is not Identity.IDENTIFIED
    ):
        return []
    rows = db.session.execute(
        select(AnswerSet, Invitation)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .where(AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False))
        .options(joinedload(Invitation.municipality))
        .order_by(Invitation.lg_code)
    )
    return [(row.addressee, answer.respondent, answer.answers) for answer, row in rows]


def invitations_of(survey_round: SurveyRound) -> list[Invitation]:
    """Who is invited, with how far they are."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(Invitation.round_id == survey_round.id)
            .options(
                joinedload(Invitation.municipality),
                joinedload(Invitation.official).joinedload(Official.ministry),
                joinedload(Invitation.team).joinedload(Team.challenge),
            )
            .join(Team, Team.id == Invitation.team_id)
            .order_by(Team.number, Invitation.id)
        )
    )


def reminders_of(invitation: Invitation) -> list[Reminder]:
    """What became of the ladder's steps for one respondent, the oldest first."""
    rows = select(Reminder).where(Reminder.invitation_id == invitation.id).order_by(Reminder.day)
    return list(db.session.scalars(rows))


def reminded_times(survey_round: SurveyRound) -> dict[int, int]:
    """How often each respondent of a round was reminded, by the invitation's number."""
    rows = db.session.execute(
        select(Reminder.invitation_id, func.count())
        .join(Invitation, Invitation.id == Reminder.invitation_id)
        .where(Invitation.round_id == survey_round.id, Reminder.outcome == ReminderOutcome.POSTED)
        .group_by(Reminder.invitation_id)
    )
    return {row[0]: row[1] for row in rows}


def _is_addressee(viewer: Viewer) -> Any:
    if viewer.role is Role.OFFICIAL:
        return Invitation.official_id.in_(select(Official.id).where(Official.email == viewer.email))
    if viewer.role is Role.MUNICIPALITY:
        return Invitation.lg_code == viewer.lg_code
    return Invitation.id.is_(None)


def own_invitations(viewer: Viewer, period: Period | None = None) -> list[Invitation]:
    """What a viewer is asked to answer, newest round first."""
    statement = (
        select(Invitation)
        .join(SurveyRound, SurveyRound.id == Invitation.round_id)
        .where(_is_addressee(viewer))
        .options(
            joinedload(Invitation.round).joinedload(SurveyRound.version),
            joinedload(Invitation.municipality),
            joinedload(Invitation.official).joinedload(Official.ministry),
        )
        .order_by(SurveyRound.opened_at.desc())
    )
    if period is not None:
        statement = statement.where(SurveyRound.period_id == period.id)
    return list(db.session.scalars(statement))


def find_invitation(public_id: str) -> Invitation | None:
    """An invitation with its round; who may open it is the caller's question."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.public_id == public_id)
        .options(
            joinedload(Invitation.round).joinedload(SurveyRound.version),
            joinedload(Invitation.round).joinedload(SurveyRound.period),
            joinedload(Invitation.municipality),
            joinedload(Invitation.official).joinedload(Official.ministry),
        )
    )


def is_addressee(invitation: Invitation, viewer: Viewer) -> bool:
    """True when the viewer is who is asked."""
    if viewer.role is Role.OFFICIAL:
        return invitation.official is not None and invitation.official.email == viewer.email
    return viewer.role is Role.MUNICIPALITY and (
        invitation.lg_code is not None and invitation.lg_code == viewer.lg_code
    )


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation a mailed link stands for."""
    return db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))


def draft_of(invitation: Invitation, secret: str | None) -> AnswerDraft | None:
    """The respondent's draft: by invitation, or for anonymous answers by the secret."""
    if invitation.round.identity is Identity.ANONYMOUS:
        if not secret:
            return None
        condition = AnswerDraft.secret_hash == hash_of(secret)
    else:
        condition = AnswerDraft.invitation_id == invitation.id
    return db.session.scalar(
        select(AnswerDraft).where(AnswerDraft.round_id == invitation.round_id, condition)
    )


def standing_answer(invitation: Invitation) -> AnswerSet | None:
    """What a named respondent has submitted and not withdrawn."""
    return db.session.scalar(
        select(AnswerSet).where(
            AnswerSet.invitation_id == invitation.id, AnswerSet.is_withdrawn.is_(False)
        )
    )


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
