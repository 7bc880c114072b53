"""Reading inquiries; a viewer reads those of the teams that the right reaches."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from companion.applications.models import Challenge
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryState
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import reach
from companion.teams.terms import ANNOUNCED


def _within(viewer: Viewer) -> ColumnElement[bool]:
    """The teams' inquiries as the table says; a ministry reaches those routed to it."""
    if viewer.grant(Permission.INQUIRY_VIEW).scope is Scope.MINISTRY:
        return (Inquiry.routed_to_code == viewer.ministry_code) & Team.state.in_(ANNOUNCED)
    return reach(viewer, Permission.INQUIRY_VIEW)


def _reached(viewer: Viewer) -> Select[Inquiry]:
    return (
        select(Inquiry)
        .join(Inquiry.team)
        .where(_within(viewer))
        .options(
            joinedload(Inquiry.team).joinedload(Team.challenge).joinedload(Challenge.municipality),
            joinedload(Inquiry.team).joinedload(Team.period),
            joinedload(Inquiry.field),
            joinedload(Inquiry.ministry),
            joinedload(Inquiry.routed_to),
            joinedload(Inquiry.answered_from),
            joinedload(Inquiry.answered_by),
            joinedload(Inquiry.asked_by),
        )
    )


def inquiries_of(
    period: Period,
    viewer: Viewer,
    *,
    team: Team | None = None,
    state: InquiryState | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Inquiry], int]:
    """One page of a period's inquiries, those that wait first by their day; and how many in all."""
    found = _reached(viewer).where(Team.period_id == period.id)
    if team is not None:
        found = found.where(Inquiry.team_id == team.id)
    if state is not None:
        found = found.where(Inquiry.state == state)
    count = db.session.scalar(
        found.with_only_columns(func.count(Inquiry.id), maintain_column_froms=True)
    )
    waiting = Inquiry.state.not_in([s for s in InquiryState if s.is_waiting])
    rows = found.order_by(waiting, Inquiry.due_on, Inquiry.id).offset(offset).limit(limit)
    return list(db.session.scalars(rows)), count or 0


def find_inquiry(public_id: str, viewer: Viewer) -> Inquiry | None:
    """One inquiry, or None when it is out of reach or does not exist."""
    return db.session.scalar(_reached(viewer).where(Inquiry.public_id == public_id))


def waiting_for_ministry(period: Period, viewer: Viewer) -> list[Inquiry]:
    """What a period's teams wait for from the viewer's ministry, by its day."""
    waiting = Inquiry.state.in_([state for state in InquiryState if state.is_waiting])
    rows = _reached(viewer).where(Team.period_id == period.id, waiting)
    return list(db.session.scalars(rows.order_by(Inquiry.due_on, Inquiry.id)))


def inquiry_counts(period: Period) -> dict[int, int]:
    """How many inquiries each team of a period has made, by team id; teams without one are out."""
    rows = db.session.execute(
        select(Inquiry.team_id, func.count())
        .join(Inquiry.team)
        .where(Team.period_id == period.id)
        .group_by(Inquiry.team_id)
    )
    return {row[0]: row[1] for row in rows}


def ministries() -> list[Ministry]:
    """Every ministry in its order."""
    return list(db.session.scalars(select(Ministry).order_by(Ministry.position)))
