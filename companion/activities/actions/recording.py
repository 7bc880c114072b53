"""Logging meetings and visits, and correcting what was logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from companion.activities.actions.planning import Faulty, plan_activity
from companion.activities.actions.tasks import add_action, change_action
from companion.activities.models import Activity, Attendance, Guest, NextAction
from companion.activities.queries.overlaps import minutes_elsewhere
from companion.activities.rules import log_faults, part_minutes
from companion.activities.terms import ActivityCorrected, ActivityState, AttendanceStatus
from companion.activities.written import Log, Part, Plan, Serving, Setting
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean
from companion.periods.models import Pillar, PolicyField
from companion.teams.models import Team, TeamMember

TEXTS = (
    "title",
    "place",
    "medium",
    "agenda",
    "present_state",
    "advice",
    "decisions",
    "until_next",
    "trip_purpose",
    "trip_route",
    "office_change",
)


def serving(member: TeamMember) -> Serving:
    """From when to when a member belongs to the team."""
    return Serving(member.official.name, member.started_on, member.ended_on)


def record_activity(team: Team, log: Log, *, by: Viewer | None) -> Activity:
    """Keep the log of a meeting or visit that was not planned here.

    Raises:
        Faulty: times, days or minutes cannot be right.
    """
    activity = Activity(team=team, follows_id=None)
    _write(activity, log, team=team)
    activity.author_id = by.user_id if by else None
    db.session.add(activity)
    _after(activity, log, by=by)
    audit.record(
        "activity.record", activity.public_id, by=by, team=team.public_id, kind=log.kind.value
    )
    return activity


def add_checked_log(team: Team, log: Log, *, by: Viewer | None) -> Activity:
    """Keep a log of a list that has been checked as a whole, minutes of its days among it.

    The list leaves one line in the trail: there is none for each of its rows.
    """
    activity = Activity(team=team, author_id=by.user_id if by else None)
    _write(activity, log, team=team, elsewhere={})
    db.session.add(activity)
    return activity


def revise_activity(activity: Activity, log: Log, *, by: Viewer | None) -> Activity:
    """Write a planned activity's log, or correct one.

    Raises:
        Faulty: times, days or minutes cannot be right.
        Refused: the activity was cancelled or is published.
    """
    if activity.state in {ActivityState.CANCELLED, ActivityState.PUBLISHED}:
        raise Refused(f"「{activity.state.label}」の活動は変更できません。")
    was = activity.state
    _write(activity, log, team=activity.team)
    if activity.author_id is None:
        activity.author_id = by.user_id if by else None
    # The row itself must change, so that its version also guards what hangs on it.
    activity.updated_at = clock.now()
    _after(activity, log, by=by)
    audit.record("activity.revise", activity.public_id, by=by, was=was.value)
    if activity.objection:
        db.session.flush()
        events.publish(ActivityCorrected(activity.id))
    return activity


def _write(
    activity: Activity, log: Log, *, team: Team, elsewhere: Mapping[int, int] | None = None
) -> None:
    members = {member.id: member for member in team.members}
    parts = [part for part in log.parts if part.member_id in members]
    asked = [members[part.member_id] for part in parts]
    if elsewhere is None and log.end > log.start:
        with db.session.no_autoflush:
            but = activity if activity.id else None
            elsewhere = minutes_elsewhere(asked, log.start, log.end, but=but)
    faults = log_faults(
        log,
        Setting(
            now=clock.now(),
            members={key: serving(member) for key, member in members.items()},
            other_minutes=elsewhere or {},
        ),
    )
    if faults:
        raise Faulty(faults)
    if _facts(activity) != _told(log, parts):
        # What the municipality has confirmed is not what stands there now.
        activity.confirmed_at = activity.confirmed_by_id = None
    activity.kind = log.kind
    activity.state = log.state
    activity.held_start, activity.held_end = log.start, log.end
    activity.nights, activity.may_publish = log.nights, log.may_publish
    activity.visibility = log.visibility
    for name in TEXTS:
        setattr(activity, name, clean(getattr(log, name)))
    kept = {row.member_id: row for row in activity.attendances}
    for part in parts:
        row = kept.pop(part.member_id, None)
        if row is None:
            row = Attendance(member_id=part.member_id)
            activity.attendances.append(row)
        row.status, row.minutes = part.status, part_minutes(part, log.minutes)
    for row in kept.values():
        activity.attendances.remove(row)
    _write_guests(activity, log)
    activity.fields = _tagged(PolicyField, log.fields)
    activity.pillars = _tagged(Pillar, log.pillars)


def _tagged(model: Any, codes: Sequence[str]) -> list[Any]:
    if not codes:
        return []
    return list(
        db.session.scalars(select(model).where(model.code.in_(codes)).order_by(model.position))
    )


Facts = tuple[dt.datetime | None, dt.datetime | None, dict[int, AttendanceStatus]]


def _facts(activity: Activity) -> Facts:
    """What a municipality confirms: when, and who was there."""
    return (
        activity.held_start,
        activity.held_end,
        {row.member_id: row.status for row in activity.attendances},
    )


def _told(log: Log, parts: Sequence[Part]) -> Facts:
    return log.start, log.end, {part.member_id: part.status for part in parts}


def _write_guests(activity: Activity, log: Log) -> None:
    told = [guest for guest in log.guests if not guest.is_empty]
    for position, guest in enumerate(told):
        if position == len(activity.guests):
            activity.guests.append(Guest(position=position))
        row = activity.guests[position]
        row.position, row.side = position, guest.side
        row.name, row.organisation = clean(guest.name), clean(guest.organisation)
        row.post = clean(guest.post)
    del activity.guests[len(told) :]


def _after(activity: Activity, log: Log, *, by: Viewer | None) -> None:
    db.session.flush()
    for line in log.actions:
        add_action(activity.team, line, activity=activity, by=by)
    for progress in log.progress:
        action_row = db.session.scalar(
            select(NextAction).where(
                NextAction.public_id == progress.public_id, NextAction.team_id == activity.team_id
            )
        )
        if action_row is not None:
            change_action(action_row, progress, by=by)
    if log.next is not None:
        agreed = _planned_at(activity.team, log.next)
        if agreed is None:
            plan_activity(activity.team, log.next, follows=activity, by=by)
        elif agreed.follows_id is None:
            agreed.follows_id = activity.id
    db.session.flush()


def _planned_at(team: Team, plan: Plan) -> Activity | None:
    """What the calendar has at that time already: a second member need not enter it again."""
    return db.session.scalar(
        select(Activity).where(
            Activity.team_id == team.id,
            Activity.state == ActivityState.PLANNED,
            Activity.planned_start == plan.start,
        )
    )
