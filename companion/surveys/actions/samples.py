"""Many answers taken at once, for the demo and for measurements."""

from __future__ import annotations

import random
import secrets
from typing import Any

from sqlalchemy import select

from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.actions.answers import add_answer
from companion.surveys.answers import check_all
from companion.surveys.facts import facts_of
from companion.surveys.models import (
    Invitation,
    SurveyRound,
)
from companion.surveys.queries import definition_of
from companion.surveys.terms import InvitationState


def record_answer_sets(survey_round: SurveyRound, answers: list[dict[str, Any]]) -> None:
    """Take many answers at once through the same validation, one for each of as many invitations.

    Which invitation is marked as answered is drawn, so that even here nothing joins the two.

    Raises:
        Refused: an answer has a fault, or there are more answers than invitations.
    """
    defn = definition_of(survey_round)
    open_ones = list(
        db.session.scalars(
            select(Invitation).where(
                Invitation.round_id == survey_round.id,
                Invitation.state != InvitationState.SUBMITTED,
            )
        )
    )
    if len(answers) > len(open_ones):
        raise Refused(f"回答が{len(answers)}件、未提出の招待が{len(open_ones)}件で、足りません。")
    chosen = random.Random(survey_round.survey_id).sample(open_ones, len(answers))  # noqa: S311 a fixed draw
    for invitation, given in zip(chosen, answers, strict=True):
        cleaned, faults = check_all(defn, given, facts_of(invitation))
        if faults:
            raise Refused("、".join(faults.values()))
        add_answer(invitation, cleaned, secrets.token_urlsafe(18), "")
    db.session.flush()
