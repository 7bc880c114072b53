"""Reading meetings, visits and next actions; every list takes the viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.activities.models import (
    Activity,
    Attachment,
    Attendance,
    Draft,
    NextAction,
)
from companion.activities.terms import (
    TOOK_PLACE,
    ActivityKind,
    ActivityState,
    OwnerKind,
)
from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.access import Permission, Role, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_own, reach
from companion.teams.terms import TeamState

# When it began, or is to begin: what lists are sorted and filtered by.
STARTS_AT = func.coalesce(Activity.held_start, Activity.planned_start)

SORTS: dict[str, ColumnElement[Any]] = {
    "date": STARTS_AT,
    "team": Team.number.expression,
    "kind": Activity.kind.expression,
    "title": Activity.title.expression,
    "state": Activity.state.expression,
}


def may_record(team: Team, viewer: Viewer) -> bool:
    """True when the viewer writes this team's log: its own officials while it is running."""
    return (
        viewer.may(Permission.ACTIVITY_RECORD)
        and team.state in {TeamState.ACTIVE, TeamState.PAUSED}
        and is_own(team, viewer)
    )


def may_change(action: NextAction, viewer: Viewer) -> bool:
    """True when the viewer may say how an action of a team it reaches stands.

    Officials speak for the whole team, the municipality for what it owes itself.
    """
    if not viewer.may(Permission.ACTION_UPDATE):
        return False
    return viewer.role is Role.OFFICIAL or action.owner_kind is OwnerKind.MUNICIPALITY


def _listed(viewer: Viewer) -> Select[Activity]:
    return select(Activity).join(Activity.team).where(reach(viewer, Permission.ACTIVITY_LIST))


def _with_town(statement: Select[Activity]) -> Select[Activity]:
    return statement.options(
        joinedload(Activity.team).joinedload(Team.challenge).joinedload(Challenge.municipality)
    )


def activities_of(
    period: Period,
    viewer: Viewer,
    *,
    team: Team | None = None,
    kind: ActivityKind | None = None,
    month: dt.date | None = None,
    sort: str = "date",
    is_descending: bool = True,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Activity], int]:
    """One page of a period's meetings and visits, and how many there are in all.

    `month` is any day of the month meant (of Japan's calendar).
    """
    found = _listed(viewer).where(Team.period_id == period.id)
    if team is not None:
        found = found.where(Activity.team_id == team.id)
    if kind is not None:
        found = found.where(Activity.kind == kind)
    if month is not None:
        first = month.replace(day=1)
        after = (first + dt.timedelta(days=31)).replace(day=1)
        midnight = dt.time(0)
        found = found.where(
            clock.at_jst(first, midnight) <= STARTS_AT, clock.at_jst(after, midnight) > STARTS_AT
        )
    count = db.session.scalar(
        found.with_only_columns(func.count(Activity.id), maintain_column_froms=True)
    )
    keys = (SORTS.get(sort, STARTS_AT), STARTS_AT, Activity.id.expression)
    order = [key.desc() if is_descending else key for key in keys]
    rows = db.session.scalars(_with_town(found).order_by(*order).offset(offset).limit(limit))
    return list(rows), count or 0


def timeline(team: Team, viewer: Viewer, *, limit: int | None = None) -> list[Activity]:
    """A team's meetings and visits that are over or cancelled, latest first."""
    over = Activity.state != ActivityState.PLANNED
    statement = _listed(viewer).where(Activity.team_id == team.id, over)
    return list(db.session.scalars(statement.order_by(STARTS_AT.desc()).limit(limit)))


def whole_log(team: Team, viewer: Viewer) -> list[Activity]:
    """Everything a team did, with people, in the order of time."""
    statement = (
        _listed(viewer)
        .where(Activity.team_id == team.id, Activity.state.in_(TOOK_PLACE))
        .options(
            selectinload(Activity.attendances)
            .joinedload(Attendance.member)
            .joinedload(TeamMember.official),
            selectinload(Activity.guests),
        )
    )
    return list(db.session.scalars(statement.order_by(Activity.held_start)))


def planned(teams: Sequence[Team], viewer: Viewer) -> list[Activity]:
    """What is planned and not logged yet, earliest first; the past ones wait for their log."""
    statement = _listed(viewer).where(
        Activity.team_id.in_([team.id for team in teams]),
        Activity.state == ActivityState.PLANNED,
    )
    return list(db.session.scalars(_with_town(statement).order_by(Activity.planned_start)))


def find_activity(public_id: str, viewer: Viewer) -> Activity | None:
    """One activity with everything on its page, or None when it is out of reach."""
    statement = (
        _listed(viewer)
        .where(Activity.public_id == public_id)
        .options(
            joinedload(Activity.team).joinedload(Team.challenge).joinedload(Challenge.municipality),
            joinedload(Activity.team).joinedload(Team.period),
            joinedload(Activity.author),
            joinedload(Activity.confirmed_by),
            selectinload(Activity.attendances)
            .joinedload(Attendance.member)
            .joinedload(TeamMember.official)
            .joinedload(Official.ministry),
            selectinload(Activity.guests),
            selectinload(Activity.fields),
            selectinload(Activity.pillars),
            selectinload(Activity.attachments),
            selectinload(Activity.next_actions)
            .joinedload(NextAction.owner_member)
            .joinedload(TeamMember.official),
        )
    )
    return db.session.scalar(statement)


def find_attachment(public_id: str, viewer: Viewer) -> Attachment | None:
    """A file of an activity the viewer reads, or None when it is out of reach."""
    return db.session.scalar(
        select(Attachment)
        .join(Attachment.activity)
        .join(Activity.team)
        .where(Attachment.public_id == public_id, reach(viewer, Permission.ACTIVITY_VIEW))
    )


def published(team: Team) -> list[Activity]:
    """What everybody in the programme may know of a team's meetings and visits, latest first."""
    statement = select(Activity).where(
        Activity.team_id == team.id, Activity.state == ActivityState.PUBLISHED
    )
    return list(db.session.scalars(statement.order_by(STARTS_AT.desc())))


def following(activity: Activity) -> Activity | None:
    """What was agreed at the end of an activity, if it still stands."""
    return db.session.scalar(
        select(Activity)
        .where(Activity.follows_id == activity.id, Activity.state != ActivityState.CANCELLED)
        .order_by(Activity.id.desc())
        .limit(1)
    )


def last_held(team: Team, *, kinds: Collection[ActivityKind]) -> Activity | None:
    """The latest activity of one of these kinds: what the next log starts from."""
    return db.session.scalar(
        select(Activity)
        .where(
            Activity.team_id == team.id, Activity.kind.in_(kinds), Activity.state.in_(TOOK_PLACE)
        )
        .options(
            selectinload(Activity.guests),
            selectinload(Activity.fields),
            selectinload(Activity.pillars),
        )
        .order_by(Activity.held_start.desc())
        .limit(1)
    )


def find_draft(user_id: int, team: Team, about: str) -> Draft | None:
    """What a person has typed for a team and not sent."""
    return db.session.scalar(
        select(Draft).where(
            Draft.user_id == user_id, Draft.team_id == team.id, Draft.about == about
        )
    )


def drafts_of(user_id: int, teams: Sequence[Team]) -> list[Draft]:
    """Every log a person has typed for these teams and not sent, latest first."""
    return list(
        db.session.scalars(
            select(Draft)
            .where(
                Draft.user_id == user_id,
                Draft.team_id.in_([team.id for team in teams]),
                Draft.about.not_like("%:%"),  # a colon: what is typed elsewhere, such as a report
            )
            .order_by(Draft.saved_at.desc())
        )
    )
