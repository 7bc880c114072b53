"""Reading next actions: the list of a period, and what is still owed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from companion.activities.models import NextAction
from companion.activities.queries import reached_actions
from companion.activities.terms import UNSETTLED, OwnerKind
from companion.core.access import Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team


def actions_of(
    period: Period,
    viewer: Viewer,
    *,
    team: Team | None = None,
    owner_kind: OwnerKind | None = None,
    is_settled: bool = False,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[NextAction], int]:
    """One page of a period's next actions and how many there are in all.

    What is owed comes by due date, what is settled latest first.
    """
    conditions: list[ColumnElement[bool]] = [
        Team.period_id == period.id,
        NextAction.state.not_in(UNSETTLED) if is_settled else NextAction.state.in_(UNSETTLED),
    ]
    if team is not None:
        conditions.append(NextAction.team_id == team.id)
    if owner_kind is not None:
        conditions.append(NextAction.owner_kind == owner_kind)
    found = reached_actions(viewer).where(*conditions)
    count = db.session.scalar(
        select(func.count()).select_from(found.with_only_columns(NextAction.id).subquery())
    )
    order = (
        (NextAction.settled_at.desc(), NextAction.id.desc())
        if is_settled
        else (NextAction.due_on.is_(None), NextAction.due_on, NextAction.id)
    )
    return list(db.session.scalars(found.order_by(*order).offset(offset).limit(limit))), count or 0


def all_actions(team: Team, viewer: Viewer) -> list[NextAction]:
    """Every next action of a team, in the order they were set."""
    found = reached_actions(viewer).where(NextAction.team_id == team.id)
    return list(db.session.scalars(found.order_by(NextAction.id)))
