"""Reading invitations: of a round, of a person, by a link."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Official
from companion.core.access import Role, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.surveys.models import Invitation, Reminder, SurveyRound
from companion.surveys.queries.answers import hash_of
from companion.surveys.terms import (
    ReminderOutcome,
)
from companion.teams.models import Team


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
