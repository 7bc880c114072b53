"""Putting meetings and visits into the calendar, moving them, calling them off."""

from __future__ import annotations

from collections.abc import Sequence

from companion.activities.models import Activity
from companion.activities.rules import plan_faults
from companion.activities.terms import ActivityState
from companion.activities.written import Fault, Plan
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean
from companion.teams.models import Team


class Faulty(Refused):
    """What was written cannot be kept; each fault names its field of the form."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = list(faults)


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
