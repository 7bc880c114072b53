"""Free texts that a municipality lets its own team read: the words alone, after closing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.queries.rounds import definition_of
from companion.surveys.schema import FreeText
from companion.surveys.terms import Identity, RoundState
from companion.teams.models import Team
from companion.teams.queries import reach


@dataclass(frozen=True)
class SharedTexts:
    """What a municipality wrote in one survey: (question, words), without scores or choices."""

    title: str
    lines: list[tuple[str, str]]


def may_share_texts(invitation: Invitation) -> bool:
    """True for a municipality that answers by name a survey with questions answered in words."""
    return (
        invitation.round.identity is Identity.IDENTIFIED
        and invitation.lg_code is not None
        and any(isinstance(one, FreeText) for one in definition_of(invitation.round).questions)
    )


def shared_texts(team: Team, viewer: Viewer) -> list[SharedTexts]:
    """The texts shared with those who serve in the team, of closed rounds by time of closing."""
    if not viewer.may(Permission.SURVEY_SHARED_TEXTS):
        return []
    rows = db.session.execute(
        select(AnswerSet.answers, SurveyRound)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .join(SurveyRound, SurveyRound.id == Invitation.round_id)
        .join(Team, Team.id == Invitation.team_id)
        .where(
            Team.id == team.id,
            reach(viewer, Permission.SURVEY_SHARED_TEXTS),
            SurveyRound.state == RoundState.CLOSED,
            Invitation.lg_code.is_not(None),
            AnswerSet.identity == Identity.IDENTIFIED,
            AnswerSet.shares_texts,
            AnswerSet.is_withdrawn.is_(False),
        )
        .options(joinedload(SurveyRound.version))
        .order_by(SurveyRound.closed_at, SurveyRound.id)
    ).all()
    found = [SharedTexts(row.title, _lines(row, answers)) for answers, row in rows]
    return [one for one in found if one.lines]


def _lines(survey_round: SurveyRound, answers: dict[str, object]) -> list[tuple[str, str]]:
    return [
        (question.label, str(answers[question.name]))
        for question in definition_of(survey_round).questions
        if isinstance(question, FreeText) and answers.get(question.name)
    ]
