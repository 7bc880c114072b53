"""What others say to a log: the municipality confirms it, the coordinator publishes it."""

from __future__ import annotations

from companion.activities.models import Activity
from companion.activities.terms import ActivityObjected, ActivityState
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean


def confirm_activity(activity: Activity, *, by: Viewer) -> None:
    """The municipality says that day and attendance are right.

    Raises:
        Refused: it has not taken place.
    """
    _check_held(activity)
    activity.confirmed_at, activity.confirmed_by_id = clock.now(), by.user_id
    activity.objection = ""
    audit.record("activity.confirm", activity.public_id, by=by)


def object_to_activity(activity: Activity, words: str, *, by: Viewer) -> None:
    """The municipality says what is not right; the team corrects the log.

    Raises:
        Refused: it has not taken place, or nothing was said.
    """
    _check_held(activity)
    if not clean(words):
        raise Refused("どこが違うかを一行で入力してください。")
    activity.confirmed_at = activity.confirmed_by_id = None
    activity.objection = clean(words)
    audit.record("activity.object", activity.public_id, by=by)
    db.session.flush()
    events.publish(ActivityObjected(activity.id))


def _check_held(activity: Activity) -> None:
    if not activity.is_held:
        raise Refused("まだ実施されていない活動は確認できません。")


def publish_activity(activity: Activity, *, by: Viewer | None) -> None:
    """Make day, kind and theme known to everybody in the programme.

    Raises:
        Refused: it is not recorded, the team does not want it, or the municipality objects.
    """
    if activity.state is not ActivityState.RECORDED:
        raise Refused(f"「{activity.state.label}」の活動は公表できません。要旨の記録が必要です。")
    if not activity.may_publish:
        raise Refused("チームが「公表してよい」としていない活動です。チームに確認してください。")
    if activity.objection:
        raise Refused("自治体から訂正の連絡があります。チームの訂正を待ってください。")
    activity.state = ActivityState.PUBLISHED
    audit.record("activity.publish", activity.public_id, by=by)


def withdraw_activity(activity: Activity, *, by: Viewer | None) -> None:
    """Take a published activity back; it can then be corrected.

    Raises:
        Refused: it is not published.
    """
    if activity.state is not ActivityState.PUBLISHED:
        raise Refused("公表されていない活動です。")
    activity.state = ActivityState.RECORDED
    audit.record("activity.withdraw", activity.public_id, by=by)
