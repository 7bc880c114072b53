"""Named answers of municipalities that two coordinators let one auditor read for some days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge
from companion.approvals.models import Approval
from companion.approvals.queries import last_approved
from companion.core import clock
from companion.core.access import Permission, Role, State, Viewer
from companion.core.db import db
from companion.people.models import RoleRow, User
from companion.surveys.facts import facts_of
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.queries.rounds import definition_of
from companion.surveys.reading import Line, answered_lines
from companion.surveys.terms import DISCLOSED_FOR, DISCLOSURE, Identity, RoundState
from companion.teams.models import Team


@dataclass(frozen=True)
class NamedAnswer:
    """What one municipality answered, question by question."""

    addressee: str
    submitted_at: dt.datetime | None
    lines: list[Line]


def auditors() -> list[User]:
    """The accounts that answers may be disclosed to."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.roles)
            .where(RoleRow.name == Role.AUDITOR.value, User.active)
            .order_by(User.name, User.id)
        )
    )


def may_be_disclosed(survey_round: SurveyRound) -> bool:
    """True for closed rounds that municipalities answered by name; no other answers are shown."""
    return (
        survey_round.state is RoundState.CLOSED
        and survey_round.identity is Identity.IDENTIFIED
        and definition_of(survey_round).audience == "municipality"
    )


def subject_of(survey_round: SurveyRound, auditor: User) -> str:
    """What the approval is about: these answers for this auditor."""
    return f"{survey_round.public_id}/{auditor.public_id}"


def disclosures_of(survey_round: SurveyRound) -> list[Approval]:
    """Everything that was asked about these answers, the newest first."""
    return list(
        db.session.scalars(
            select(Approval)
            .where(
                Approval.kind == DISCLOSURE,
                Approval.subject.startswith(f"{survey_round.public_id}/", autoescape=True),
            )
            .order_by(Approval.asked_at.desc(), Approval.id.desc())
        )
    )


def disclosed_until(survey_round: SurveyRound, viewer: Viewer) -> dt.datetime | None:
    """Until when the viewer reads these answers; None for everybody else, before and after."""
    account = db.session.get(User, viewer.user_id)
    if (
        account is None
        or not viewer.may(Permission.SURVEY_DISCLOSED, State.DISCLOSED)
        or not may_be_disclosed(survey_round)
    ):
        return None
    approval = last_approved(DISCLOSURE, subject_of(survey_round, account))
    if approval is None or approval.decided_at is None:
        return None
    until = approval.decided_at + DISCLOSED_FOR
    return until if clock.now() < until else None


def disclosed_answers(survey_round: SurveyRound) -> list[NamedAnswer]:
    """The valid answers of a round, by municipality code."""
    defn = definition_of(survey_round)
    place = joinedload(Invitation.team).joinedload(Team.challenge)
    rows = db.session.execute(
        select(AnswerSet, Invitation)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .where(AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False))
        .options(
            joinedload(Invitation.municipality),
            joinedload(Invitation.official),
            place.joinedload(Challenge.municipality),
        )
        .order_by(Invitation.lg_code)
    )
    return [
        NamedAnswer(
            one.addressee,
            stored.submitted_at,
            answered_lines(defn, stored.answers, facts_of(one)),
        )
        for stored, one in rows
    ]
