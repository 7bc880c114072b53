"""What is known before the first key is pressed: time, people, place, open actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from companion.activities.actions.recording import serving
from companion.activities.fields import OUTSIDE, shown_as
from companion.activities.forms import ONLINE_KINDS, VISIT_KINDS, LogForm, VisitLogForm
from companion.activities.models import Activity, Attendance
from companion.activities.queries import last_held
from companion.activities.queries.tasks import open_actions
from companion.activities.rules import part_minutes
from companion.activities.terms import ActivityKind, ActivityState, AttendanceStatus
from companion.activities.written import Part, minutes_between
from companion.core import clock
from companion.core.access import Viewer
from companion.teams.models import Team, TeamMember

MEETING, VISIT = "meeting", "visit"
FORMS: dict[str, type[LogForm]] = {MEETING: LogForm, VISIT: VisitLogForm}
NEW_ACTION_ROWS = 3
EMPTY_GUEST_ROWS = 2
LATE = dt.timedelta(days=62)
TEXT_FIELDS = (
    *("title", "medium", "place", "agenda", "present_state", "advice", "decisions"),
    *("until_next", "nights", "trip_purpose", "trip_route", "office_change"),
)


def shape_of(activity: Activity) -> str:
    """Which of the two forms an activity is written with."""
    is_visit = activity.kind in {
        ActivityKind.SITE_VISIT,
        ActivityKind.WORKSHOP,
        ActivityKind.MAYORS_TALK,
    }
    travelled = activity.nights is not None or (activity.place and not activity.medium)
    return VISIT if is_visit or (activity.kind in VISIT_KINDS and travelled) else MEETING


def people_of(team: Team, activity: Activity | None) -> list[TeamMember]:
    """Members to ask about: the present ones, who attended, and who has left lately.

    A log may come late, about a day on which somebody was there who has left since.
    """
    attended = {row.member_id for row in activity.attendances} if activity else set()
    lately = clock.today() - LATE
    return [
        m for m in team.members if m.ended_on is None or m.ended_on >= lately or m.id in attended
    ]


def _usual_status(member: TeamMember, activity: Activity | None) -> str:
    """Who belonged to the team on the day was there, unless somebody says otherwise."""
    day = activity.day if activity else clock.today()
    return AttendanceStatus.PRESENT.value if serving(member).covers(day) else OUTSIDE


def known_values(
    team: Team, shape: str, activity: Activity | None, viewer: Viewer
) -> dict[str, Any]:
    """What the form of this shape starts with, for something new, a plan or a correction."""
    kinds: Collection[ActivityKind] = VISIT_KINDS if shape == VISIT else ONLINE_KINDS
    before = last_held(team, kinds=kinds)
    values: dict[str, Any] = {
        "kind": (ActivityKind.SITE_VISIT if shape == VISIT else ActivityKind.ONLINE_MEETING).value,
        "next_kind": ActivityKind.ONLINE_MEETING.value,
        "medium": before.medium if before else "",
        "place": before.place if before else "",
        "guests": _guest_values(before),
        "fields": [row.code for row in before.fields] if before else _own_field(team),
        "pillars": [row.code for row in before.pillars] if before else [],
        "actions": [{} for _ in range(NEW_ACTION_ROWS)],
        "people": [
            {"member": m.public_id, "status": _usual_status(m, activity)}
            for m in people_of(team, activity)
        ],
        "progress": [
            {
                "action": row.public_id,
                "was": shown_as(row.state.value, row.reason),
                "state": row.state.value,
                "reason": row.reason,
            }
            for row in open_actions([team], viewer)
        ],
    }
    if shape == VISIT and not values["place"]:
        values["place"] = team.challenge.municipality.full_name
    if activity is None:
        return values | _usual_times(shape, before)
    values |= {"version": activity.version, "kind": activity.kind.value}
    for name in TEXT_FIELDS:
        values[name] = getattr(activity, name) or values.get(name)
    if activity.title == f"{activity.kind.label}（予定）":
        values["title"] = ""
    if activity.starts_at and activity.ends_at:
        values |= _times(activity.starts_at, activity.ends_at)
    if activity.state is not ActivityState.PLANNED:
        values |= {
            "people": _attendance_values(activity),
            "guests": _guest_values(activity),
            "may_publish": activity.may_publish,
            "visibility": activity.visibility.value,
            "fields": [row.code for row in activity.fields],
            "pillars": [row.code for row in activity.pillars],
        }
        values |= {name: getattr(activity, name) for name in TEXT_FIELDS}
    return values


def _own_field(team: Team) -> list[str]:
    """The main field of the challenge: what a first meeting is about."""
    return [row.field_code for row in team.challenge.fields[:1]]


def _attendance_values(activity: Activity) -> list[dict[str, Any]]:
    rows = {row.member_id: row for row in activity.attendances}
    found = []
    for member in people_of(activity.team, activity):
        row = rows.get(member.id)
        found.append(
            {
                "member": member.public_id,
                "status": row.status.value if row else OUTSIDE,
                "minutes": _minutes_typed(row, activity) if row else None,
            }
        )
    return found


def _minutes_typed(row: Attendance, activity: Activity) -> int | None:
    """Minutes that differ from what is filled in by itself: those follow the times again."""
    if activity.held_start is None or activity.held_end is None:
        return row.minutes
    lasted = minutes_between(activity.held_start, activity.held_end)
    usual = part_minutes(Part(row.member_id, row.status), lasted)
    return None if row.minutes == usual else row.minutes


def _guest_values(activity: Activity | None) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = [
        {
            "side": guest.side.value,
            "name": guest.name,
            "organisation": guest.organisation,
            "post": guest.post,
        }
        for guest in (activity.guests if activity else [])
    ]
    return rows + [{} for _ in range(EMPTY_GUEST_ROWS)]


def _times(start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    begins, ends = clock.to_jst(start), clock.to_jst(end)
    return {
        "held_on": begins.date(),
        "start_time": begins.time(),
        "end_time": ends.time(),
        "end_on": ends.date() if ends.date() != begins.date() else None,
    }


def _usual_times(shape: str, before: Activity | None) -> dict[str, Any]:
    """Today at the usual time; where that is still to come, the hour that has just passed."""
    now = clock.now()
    if before is not None and before.held_start and before.held_end:
        usual = clock.to_jst(before.held_start).time()
        lasts = min(before.held_end - before.held_start, dt.timedelta(hours=8))
    else:
        usual = dt.time(10, 0)
        lasts = dt.timedelta(hours=6 if shape == VISIT else 1)
    start = clock.at_jst(clock.today(), usual)
    if start > now:
        quarter = dt.timedelta(minutes=15)
        start = now - dt.timedelta(hours=1)
        start -= dt.timedelta(seconds=start.timestamp() % quarter.total_seconds())
    return _times(start, start + lasts)
