"""Reading answers: the own draft, and after closing what was answered."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge
from companion.core.db import db
from companion.surveys import tables
from companion.surveys.facts import facts_of, facts_used
from companion.surveys.models import AnswerDraft, AnswerSet, Invitation, SurveyRound
from companion.surveys.queries.rounds import definition_of
from companion.surveys.terms import (
    Identity,
    RoundState,
)
from companion.teams.models import Team


def hash_of(secret: str) -> str:
    """What is stored of a token or secret: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


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
