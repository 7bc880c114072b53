"""Where one person's time meets itself: minutes of the same days, sessions at the same hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from companion.activities.models import Activity, Attendance
from companion.activities.rules import first_and_last_day
from companion.activities.terms import TOOK_PLACE, ActivityState, AttendanceStatus
from companion.applications.models import Official
from companion.core import clock
from companion.core.db import db
from companion.teams.models import TeamMember


def _on_these_days(
    start: dt.datetime, end: dt.datetime, *, but: Activity | None
) -> list[ColumnElement[bool]]:
    first, last = first_and_last_day(start, end)
    midnight = dt.time(0)
    conditions: list[ColumnElement[bool]] = [
        Activity.state.in_(TOOK_PLACE),
        Activity.held_start >= clock.at_jst(first, midnight),
        Activity.held_start < clock.at_jst(last + dt.timedelta(days=1), midnight),
    ]
    if but is not None:
        conditions.append(Activity.id != but.id)
    return conditions


def minutes_elsewhere(
    members: Sequence[TeamMember],
    start: dt.datetime,
    end: dt.datetime,
    *,
    but: Activity | None = None,
) -> dict[int, int]:
    """Minutes each member has logged for other activities of these Japanese days, in any team."""
    here, there = aliased(TeamMember), aliased(TeamMember)
    rows = db.session.execute(
        select(here.id, func.sum(Attendance.minutes))
        .join(there, there.official_id == here.official_id)
        .join(Attendance, Attendance.member_id == there.id)
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(here.id.in_([member.id for member in members]), *_on_these_days(start, end, but=but))
        .group_by(here.id)
    )
    return {row[0]: row[1] for row in rows}


def overlapping(activity: Activity) -> list[tuple[str, Activity]]:
    """Names of those present whose time overlaps another activity they attended, with that one."""
    here, there = aliased(TeamMember), aliased(TeamMember)
    other = aliased(Attendance)
    present = [
        row.member_id for row in activity.attendances if row.status is AttendanceStatus.PRESENT
    ]
    rows = db.session.execute(
        select(Official.name, Activity)
        .join(here, here.official_id == Official.id)
        .join(there, there.official_id == here.official_id)
        .join(other, other.member_id == there.id)
        .join(Activity, Activity.id == other.activity_id)
        .where(
            here.id.in_(present),
            other.status == AttendanceStatus.PRESENT,
            Activity.id != activity.id,
            Activity.state.in_(TOOK_PLACE),
            Activity.held_start < activity.held_end,
            Activity.held_end > activity.held_start,
        )
        .order_by(Activity.held_start, Official.name)
    )
    return [(name, found) for name, found in rows]


def planned_beside(activity: Activity) -> list[tuple[str, Activity]]:
    """Names of the members whose plans in any team overlap a plan, with the other plan."""
    here, there = aliased(TeamMember), aliased(TeamMember)
    rows = db.session.execute(
        select(Official.name, Activity)
        .join(here, here.official_id == Official.id)
        .join(there, there.official_id == here.official_id)
        .join(Activity, Activity.team_id == there.team_id)
        .where(
            here.team_id == activity.team_id,
            *(one.ended_on.is_(None) | (one.ended_on >= clock.today()) for one in (here, there)),
            Activity.id != activity.id,
            Activity.state == ActivityState.PLANNED,
            Activity.planned_start < activity.planned_end,
            Activity.planned_end > activity.planned_start,
        )
        .order_by(Activity.planned_start, here.position)
    )
    return [(name, found) for name, found in rows]
