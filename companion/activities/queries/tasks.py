"""Reading next actions: the list of a period, and what is still owed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.activities.models import ActionChange, NextAction
from companion.activities.terms import UNSETTLED, OwnerKind
from companion.applications.models import Challenge
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.queries import reach


def reached_actions(viewer: Viewer) -> Select[NextAction]:
    """The next actions the viewer reads, with what every list shows of them."""
    within = reach(viewer, Permission.ACTIVITY_VIEW)
    return (
        select(NextAction)
        .join(NextAction.team)
        .where(within)
        .options(
            joinedload(NextAction.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
            joinedload(NextAction.owner_member).joinedload(TeamMember.official),
            joinedload(NextAction.activity),
        )
    )


def open_actions(teams: Sequence[Team], viewer: Viewer) -> list[NextAction]:
    """What is still owed in these teams: by due date, without one last."""
    statement = reached_actions(viewer).where(
        NextAction.team_id.in_([team.id for team in teams]), NextAction.state.in_(UNSETTLED)
    )
    return list(
        db.session.scalars(
            statement.order_by(NextAction.due_on.is_(None), NextAction.due_on, NextAction.id)
        )
    )


def find_action(public_id: str, viewer: Viewer) -> NextAction | None:
    """One next action, or None when it is out of reach."""
    history = selectinload(NextAction.changes).joinedload(ActionChange.by)
    found = reached_actions(viewer).where(NextAction.public_id == public_id)
    return db.session.scalar(found.options(history))


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
