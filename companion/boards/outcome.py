"""A team's outcome on its page: what was done, what the indicators say, how it was rated.

They stand beside each other, with no claim that one caused the other.
"""

from __future__ import annotations

from sqlalchemy import select

from companion.activities.queries.overview import activeness
from companion.core.access import Permission, Role, State, Viewer
from companion.core.db import db
from companion.indicators.queries import indicators_of
from companion.surveys.models import AnswerSet, Invitation
from companion.surveys.queries import round_of
from companion.surveys.terms import Identity, RoundState
from companion.teams.models import Team
from companion.teams.queries import is_own
from companion.teams.routes import Panel

SURVEY, QUESTION = "municipality_eval", "overall"  # five points, five the best


def outcome_panel(team: Team, viewer: Viewer) -> Panel | None:
    """The piece of a team's page, for those who read its indicators."""
    if not viewer.may(Permission.INDICATOR_VIEW) or not is_own(team, viewer):
        return None
    (activity,) = activeness(team.period, viewer, [team])
    values = {
        "rows": indicators_of(team, viewer),
        "activity": activity,
        "rating": rating_of(team, viewer),
    }
    return Panel("boards/_outcome_panel.html", values, is_last=True)


def rating_of(team: Team, viewer: Viewer) -> str | None:
    """How the municipality rated the team, once the survey is closed.

    Only for who reads named answers, and for the municipality itself: officials never see it.
    """
    reads = viewer.may(Permission.SURVEY_RESULTS, State.CLOSED)
    if not reads and viewer.role is not Role.MUNICIPALITY:
        return None
    found = round_of(SURVEY, team.period)
    if found is None or found.state is not RoundState.CLOSED:
        return None
    if found.identity is not Identity.IDENTIFIED:
        return None
    answers = db.session.scalar(
        select(AnswerSet.answers)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .where(
            AnswerSet.round_id == found.id,
            AnswerSet.is_withdrawn.is_(False),
            Invitation.team_id == team.id,
            Invitation.official_id.is_(None),
        )
    )
    return (answers or {}).get(QUESTION)
