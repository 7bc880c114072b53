"""What is done about meetings and visits: plan, cancel, log, correct; and about next actions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from companion.activities.models import Activity, Attendance, Draft, Guest, NextAction
from companion.activities.queries import may_change, minutes_elsewhere
from companion.activities.rules import (
    Fault,
    Log,
    Plan,
    Progress,
    Serving,
    Setting,
    log_faults,
    part_minutes,
    plan_faults,
    progress_fault,
)
from companion.activities.terms import UNSETTLED, ActionState, ActivityState
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean
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
)


class Faulty(Refused):
    """What was written cannot be kept; each fault names its field of the form."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = list(faults)


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
    return activity


def _write(activity: Activity, log: Log, *, team: Team) -> None:
    members = {member.id: member for member in team.members}
    parts = [part for part in log.parts if part.member_id in members]
    asked = [members[part.member_id] for part in parts]
    with db.session.no_autoflush:
        elsewhere = (
            minutes_elsewhere(asked, log.start, log.end, but=activity if activity.id else None)
            if log.end > log.start
            else {}
        )
    faults = log_faults(
        log,
        Setting(
            now=clock.now(),
            members={key: serving(member) for key, member in members.items()},
            other_minutes=elsewhere,
        ),
    )
    if faults:
        raise Faulty(faults)
    activity.kind = log.kind
    activity.state = log.state
    activity.held_start, activity.held_end = log.start, log.end
    activity.nights, activity.may_publish = log.nights, log.may_publish
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
        action = NextAction(
            team_id=activity.team_id,
            activity_id=activity.id,
            text=clean(line.text),
            owner_kind=line.owner_kind,
            owner_member_id=line.owner_member_id,
            due_on=line.due_on,
        )
        db.session.add(action)
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


def plan_activity(
    team: Team, plan: Plan, *, follows: Activity | None = None, by: Viewer | None
) -> Activity:
    """Put a meeting or visit into the calendar.

    Raises:
        Faulty: the end comes before the start, or it is over already; a date agreed at the end of
            a log that is entered late may lie in the past: it then waits for its own log.
    """
    faults = plan_faults(plan, now=follows.held_end or clock.now() if follows else clock.now())
    if faults:
        raise Faulty(faults)
    activity = Activity(
        team=team,
        state=ActivityState.PLANNED,
        follows_id=follows.id if follows else None,
        author_id=by.user_id if by else None,
    )
    _write_plan(activity, plan)
    db.session.add(activity)
    db.session.flush()
    audit.record(
        "activity.plan", activity.public_id, by=by, team=team.public_id, kind=plan.kind.value
    )
    return activity


def _write_plan(activity: Activity, plan: Plan) -> None:
    activity.kind = plan.kind
    activity.planned_start, activity.planned_end = plan.start, plan.end
    activity.title = clean(plan.title) or f"{plan.kind.label}（予定）"
    activity.place, activity.medium = clean(plan.place), clean(plan.medium)
    activity.agenda = clean(plan.agenda)


def move_activity(activity: Activity, plan: Plan, *, by: Viewer | None) -> Activity:
    """Change what is planned.

    Raises:
        Faulty: the end comes before the start, or it is over already.
        Refused: it is not a plan any more.
    """
    if activity.state is not ActivityState.PLANNED:
        raise Refused(f"「{activity.state.label}」の活動の予定は変更できません。")
    faults = plan_faults(plan, now=clock.now())
    if faults:
        raise Faulty(faults)
    before = activity.planned_start
    _write_plan(activity, plan)
    audit.record(
        "activity.move",
        activity.public_id,
        by=by,
        was=before.isoformat() if before else None,
        now=plan.start.isoformat(),
    )
    return activity


def cancel_activity(activity: Activity, reason: str, *, by: Viewer | None) -> None:
    """Call a planned meeting or visit off; it stays in the record.

    Raises:
        Refused: it is not planned (any more).
    """
    if activity.state is not ActivityState.PLANNED:
        raise Refused(f"「{activity.state.label}」の活動は中止にできません。")
    activity.state = ActivityState.CANCELLED
    activity.cancel_reason = clean(reason)
    audit.record("activity.cancel", activity.public_id, by=by)


def change_action(action: NextAction, progress: Progress, *, by: Viewer | None) -> None:
    """Say how a next action stands; nothing happens when it already stands so.

    Raises:
        Refused: a reason is missing, or it is not this side's to say.
    """
    if by is not None and not may_change(action, by):
        raise Refused("相手方の宿題の状態は変更できません。チームの支援官に連絡してください。")
    fault = progress_fault(progress)
    if fault:
        raise Refused(fault)
    reason = clean(progress.reason)
    if (action.state, action.reason) == (progress.state, reason):
        return
    was = ActionState(action.state)
    action.state, action.reason = progress.state, reason
    action.settled_at = None if progress.state in UNSETTLED else clock.now()
    audit.record("action.change", action.public_id, by=by, was=was.value, now=progress.state.value)


def save_draft(user_id: int, team: Team, about: str, typed: list[list[str]]) -> Draft:
    """Keep what a person has typed so far, in place of what was kept before."""
    draft = db.session.scalar(
        select(Draft).where(
            Draft.user_id == user_id, Draft.team_id == team.id, Draft.about == about
        )
    )
    if draft is None:
        draft = Draft(user_id=user_id, team_id=team.id, about=about)
        db.session.add(draft)
    draft.typed, draft.saved_at = typed, clock.now()
    db.session.flush()
    return draft


def drop_draft(user_id: int, team: Team, about: str) -> None:
    """Forget what a person has typed."""
    db.session.execute(
        delete(Draft).where(
            Draft.user_id == user_id, Draft.team_id == team.id, Draft.about == about
        )
    )
