"""Next actions: set, given a state, given to somebody else; every step is kept."""

from __future__ import annotations

from companion.activities.models import ActionChange, Activity, NextAction
from companion.activities.queries import may_change
from companion.activities.rules import progress_fault
from companion.activities.terms import UNSETTLED, ActionState
from companion.activities.written import ActionLine, Progress
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean
from companion.teams.models import Team


def add_action(
    team: Team, line: ActionLine, *, activity: Activity | None = None, by: Viewer | None
) -> NextAction:
    """Say what somebody does next, at the end of a log or by itself."""
    action = NextAction(
        team_id=team.id,
        activity_id=activity.id if activity else None,
        text=clean(line.text),
        owner_kind=line.owner_kind,
        owner_member_id=line.owner_member_id,
        due_on=line.due_on,
        changes=[ActionChange(by_id=by.user_id if by else None, now=ActionState.OPEN)],
    )
    db.session.add(action)
    db.session.flush()
    audit.record("action.add", action.public_id, by=by, team=team.public_id)
    return action


def revise_action(action: NextAction, line: ActionLine, *, by: Viewer | None) -> None:
    """Change what is to be done, by whom, or by when; nothing happens when it says so already."""
    before = (action.text, action.owner_label, action.due_on)
    action.text, action.due_on = clean(line.text), line.due_on
    action.owner_kind, action.owner_member_id = line.owner_kind, line.owner_member_id
    db.session.flush()
    db.session.refresh(action, ["owner_member"])
    names = ("内容", "担当", "期限")
    now = (action.text, action.owner_label, action.due_on)
    changed = [name for name, old, new in zip(names, before, now, strict=True) if old != new]
    if not changed:
        return
    state = ActionState(action.state)
    _note(action, state, state, f"{'・'.join(changed)}を変更", by=by)
    audit.record("action.revise", action.public_id, by=by, fields=len(changed))


def _note(
    action: NextAction, was: ActionState, now: ActionState, words: str, *, by: Viewer | None
) -> None:
    action.changes.append(
        ActionChange(by_id=by.user_id if by else None, was=was, now=now, words=words)
    )


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
    _note(action, was, action.state, reason, by=by)
    audit.record("action.change", action.public_id, by=by, was=was.value, now=progress.state.value)
