"""Forgetting who gave the answers of a confidential round, once the promised time is over."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from companion.core import audit, clock
from companion.core.db import db
from companion.surveys.models import AnswerSet, FormReturn, Invitation, Receipt, SurveyRound
from companion.surveys.terms import Identity

KEPT_FOR = dt.timedelta(days=30)  # as `Identity.promise` says to the respondents


def forget_names() -> int:
    """Take the names off confidential answers 30 days after closing; gives the rounds done.

    The answers stay and are counted; who has answered stays too, but no longer what, and the
    files in which answers came are deleted.
    """
    named = AnswerSet.invitation_id.is_not(None)
    due = (
        select(SurveyRound)
        .where(
            SurveyRound.identity == Identity.CONFIDENTIAL,
            SurveyRound.closed_at <= clock.now() - KEPT_FOR,
            select(AnswerSet.id).where(AnswerSet.round_id == SurveyRound.id, named).exists(),
        )
        .order_by(SurveyRound.id)
    )
    rounds = db.session.scalars(due).all()
    for survey_round in rounds:
        invited = select(Invitation.id).where(Invitation.round_id == survey_round.id)
        for statement in (
            update(AnswerSet)
            .where(AnswerSet.round_id == survey_round.id)
            .values(invitation_id=None, submitted_at=None, respondent=""),
            update(Receipt)
            .where(Receipt.invitation_id.in_(invited))
            .values(file=None, file_sha256=None),
            update(FormReturn)
            .where(FormReturn.invitation_id.in_(invited))
            .values(file=None, message=""),
        ):
            db.session.execute(statement)
        survey_round.has_traces = True
        audit.record("survey.forget_names", survey_round.public_id, by=None)
    return len(rounds)
