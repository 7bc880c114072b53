"""Reading sheets; a viewer reads those that the right reaches and the municipality agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, false, func, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.applications.models import Challenge
from companion.consultations.models import Consultation, ConsultationRouting
from companion.consultations.terms import ConsultationState
from companion.core import clock
from companion.core.access import Permission, Scope, State, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.teams.models import Team
from companion.teams.queries import is_member
from companion.teams.terms import ANNOUNCED

WAITING = [state for state in ConsultationState if state.is_waiting]
TAKES_REPLIES = [state for state in ConsultationState if state.takes_replies]


def _within(viewer: Viewer) -> ColumnElement[bool]:
    held = viewer.grant(Permission.CONSULTATION_VIEW)
    needs_agreement = held.when is State.AGREED
    match held.scope:
        case Scope.ALL:
            return true()
        case Scope.PLACE:
            return Consultation.lg_code == viewer.lg_code
        case Scope.TEAM:
            own = exists().where(
                Challenge.lg_code == Consultation.lg_code,
                Team.challenge_id == Challenge.id,
                Team.period_id == Consultation.period_id,
                Team.state.in_(ANNOUNCED),
                is_member(viewer),
            )
            return own & Consultation.is_for_team if needs_agreement else own
        case Scope.PREFECTURE:
            near = exists().where(
                Municipality.lg_code == Consultation.lg_code,
                Municipality.prefecture_code == viewer.prefecture_code,
            )
            return near & Consultation.is_for_prefecture if needs_agreement else near
        case Scope.MINISTRY:
            return _asks(viewer.ministry_code)
        case _:
            return false()


def _asks(ministry_code: str | None, *, waiting: bool = False) -> ColumnElement[bool]:
    routed = exists().where(
        ConsultationRouting.consultation_id == Consultation.id,
        ConsultationRouting.ministry_code == ministry_code,
    )
    return routed.where(ConsultationRouting.is_waiting) if waiting else routed


def _reached(viewer: Viewer) -> Select[Consultation]:
    return _whole(select(Consultation).where(_within(viewer)))


def _whole(statement: Select[Consultation]) -> Select[Consultation]:
    routings = selectinload(Consultation.routings)
    return statement.options(
        joinedload(Consultation.period),
        joinedload(Consultation.municipality),
        joinedload(Consultation.received_from),
        routings.joinedload(ConsultationRouting.ministry),
        routings.joinedload(ConsultationRouting.answered_by),
    )


def consultations_of(
    period: Period,
    viewer: Viewer,
    *,
    state: ConsultationState | None = None,
    lg_code: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Consultation], int]:
    """One page of a period's sheets, those that wait first by their day; and how many in all."""
    conditions = [_within(viewer), Consultation.period_id == period.id]
    if state is not None:
        conditions.append(Consultation.state == state)
    if lg_code is not None:
        conditions.append(Consultation.lg_code == lg_code)
    count = db.session.scalar(select(func.count()).select_from(Consultation).where(*conditions))
    rows = (
        _whole(select(Consultation).where(*conditions))
        .order_by(Consultation.state.not_in(WAITING), Consultation.due_on, Consultation.id)
        .offset(offset)
        .limit(limit)
    )
    return list(db.session.scalars(rows)), count or 0


def find_consultation(public_id: str, viewer: Viewer) -> Consultation | None:
    """One sheet, or None when it is out of reach or does not exist."""
    return db.session.scalar(_reached(viewer).where(Consultation.public_id == public_id))


def register_of(period: Period) -> list[Consultation]:
    """Every sheet of a period in the order they came in, for the secretariat's register."""
    rows = _whole(select(Consultation).where(Consultation.period_id == period.id))
    return list(db.session.scalars(rows.order_by(Consultation.received_at, Consultation.id)))


def waiting_for_ministry(period: Period, viewer: Viewer) -> list[Consultation]:
    """The sheets of a period to which the viewer's ministry has not said anything yet."""
    rows = _reached(viewer).where(
        Consultation.period_id == period.id,
        Consultation.state.in_(TAKES_REPLIES),
        _asks(viewer.ministry_code, waiting=True),
    )
    return list(db.session.scalars(rows.order_by(Consultation.due_on, Consultation.id)))


def answered_for_municipality(period: Period, viewer: Viewer) -> list[Consultation]:
    """The viewer's own sheets that were answered and are neither asked on nor closed."""
    rows = _reached(viewer).where(
        Consultation.period_id == period.id, Consultation.state == ConsultationState.ANSWERED
    )
    return list(db.session.scalars(rows.order_by(Consultation.answered_at, Consultation.id)))


@dataclass(frozen=True)
class Owed:
    """What waits for the secretariat: sheets to share, to answer, and those whose day is past."""

    to_share: int
    to_answer: int
    late: int


def owed_by_secretariat(period: Period) -> Owed:
    """Counted by the database in one statement."""
    unanswered = exists().where(
        ConsultationRouting.consultation_id == Consultation.id, ConsultationRouting.is_waiting
    )
    new = Consultation.state == ConsultationState.RECEIVED
    ready = Consultation.state.in_(TAKES_REPLIES) & ~unanswered
    late = Consultation.state.in_(WAITING) & (Consultation.due_on < clock.today())
    sums = [func.coalesce(func.sum(case((what, 1), else_=0)), 0) for what in (new, ready, late)]
    row = db.session.execute(select(*sums).where(Consultation.period_id == period.id)).one()
    return Owed(*(int(value) for value in row))
