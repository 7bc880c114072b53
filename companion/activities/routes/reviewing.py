"""Confirming by the municipality, publishing by the coordinator."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from companion.activities.actions.reviewing import (
    confirm_activity,
    object_to_activity,
    publish_activity,
    withdraw_activity,
)
from companion.activities.models import Activity
from companion.activities.queries import find_activity
from companion.activities.routes.page import bp
from companion.activities.small_forms import ConfirmForm, TokenForm
from companion.activities.terms import ActivityState
from companion.core.access import Permission, need_viewer, needs, needs_fresh_to_send
from companion.core.errors import saved_telling
from companion.core.forms import Conflict, as_words
from companion.core.html import jst
from companion.periods.routes import show_period


def _found(public_id: str) -> Activity:
    found = find_activity(public_id, need_viewer()) or abort(404)
    show_period(found.team.period)
    return found


@bp.post("/activities/<public_id>/confirm")
@needs(Permission.ACTIVITY_CONFIRM)
def confirm(public_id: str) -> Response:
    """The municipality says that day and attendance are right, or what is not."""
    viewer, activity = need_viewer(), _found(public_id)
    form, back = ConfirmForm(), url_for("activities.activity", public_id=public_id)
    if not form.validate_on_submit():
        flash("500字以内で入力してください。", "error")
        return redirect(back, 303)
    if form.is_stale(activity):
        wish = "違うところを知らせる" if form.wrong.data else "確認"
        raise Conflict(
            title=activity.title,
            back=back,
            rows=[
                ("状態", activity.state.label, wish),
                ("違うところ", activity.objection, as_words(form.objection)),
                ("一行で", activity.title, ""),
                ("日時", f"{jst(activity.starts_at)}～{jst(activity.ends_at, 'time')}", ""),
            ],
        )
    with saved_telling() as tell:
        if form.wrong.data:
            object_to_activity(activity, form.objection.data or "", by=viewer)
            tell("チームに知らせました。訂正をお待ちください。")
        else:
            confirm_activity(activity, by=viewer)
            tell("日時と出欠を確認しました。ありがとうございます。")
    return redirect(back, 303)


@bp.post("/activities/<public_id>/publish")
@needs(Permission.ACTIVITY_PUBLISH)
@needs_fresh_to_send
def publish(public_id: str) -> Response:
    """Make day, kind and theme known to all, or take that back."""
    viewer, activity = need_viewer(), _found(public_id)
    if not TokenForm().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        if activity.state is ActivityState.PUBLISHED:
            withdraw_activity(activity, by=viewer)
            tell("公表を取りやめました。")
        else:
            publish_activity(activity, by=viewer)
            tell("日付・種別・テーマを公表しました。")
    return redirect(url_for("activities.activity", public_id=public_id), 303)
