"""Drafts: what is typed is kept on the server, with and without scripts, until it is sent."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from companion.activities.actions import drop_draft, save_draft
from companion.activities.queries import find_activity
from companion.activities.routes.page import bp
from companion.activities.routes.planning import team_to_record
from companion.activities.routes.prefilled import FORMS, shape_of
from companion.activities.small_forms import TokenForm
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.html import jst
from companion.teams.models import Team

NOT_TYPED = {"csrf_token", "form_key", "draft"}


def _typed(shape: str) -> list[list[str]]:
    """What the form sent, name by name; only what the form has."""
    known = {field.name for field in FORMS[shape](formdata=None)}
    return [
        [name, value]
        for name, values in request.form.lists()
        if name not in NOT_TYPED and name.partition("-")[0] in known
        for value in values
    ]


def _shape_about(team: Team, about: str) -> str:
    if about in FORMS:
        return about
    activity = find_activity(about, need_viewer())
    if activity is None or activity.team_id != team.id:
        abort(404)
    return shape_of(activity)


def keep_draft(team: Team, about: str) -> Response:
    """Keep what was sent with the button 「下書き保存」, and show the form again."""
    with saved():
        save_draft(need_viewer().user_id, team, about, _typed(_shape_about(team, about)))
    flash("下書きを保存しました。続きは後で入力できます。", "success")
    return redirect(request.path, 303)


@bp.post("/logs/<public_id>/draft")
@needs(Permission.ACTIVITY_RECORD)
def autosave(public_id: str) -> Response:
    """Keep what is being typed; answers with the moment as JSON."""
    team = team_to_record(public_id)
    about = request.args.get("about") or abort(400)
    with saved():
        typed = _typed(_shape_about(team, about))
        draft = save_draft(need_viewer().user_id, team, about, typed)
        at = jst(draft.saved_at, "time")
    return jsonify(message=f"{at}に下書きを保存しました。")


@bp.post("/logs/<public_id>/draft/discard")
@needs(Permission.ACTIVITY_RECORD)
def discard_draft(public_id: str) -> Response:
    """Throw a draft away and begin again."""
    team = team_to_record(public_id)
    about = request.args.get("about") or abort(400)
    _shape_about(team, about)
    if not TokenForm().validate_on_submit():
        abort(400)
    with saved():
        drop_draft(need_viewer().user_id, team, about)
    flash("下書きを破棄しました。", "success")
    if about in FORMS:
        return redirect(url_for(f"activities.new_{about}", public_id=public_id), 303)
    return redirect(url_for("activities.log", public_id=about), 303)
