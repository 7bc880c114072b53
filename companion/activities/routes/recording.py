"""Recording: the log of a meeting or a visit, its draft, and its corrections.

Everything known is filled in before the first key is pressed: time, people, open actions, place.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from companion.activities.actions import (
    Faulty,
    drop_draft,
    record_activity,
    revise_activity,
)
from companion.activities.forms import LogForm, faults_of
from companion.activities.models import Activity, Draft
from companion.activities.queries import find_draft
from companion.activities.queries.overlaps import overlapping
from companion.activities.queries.tasks import open_actions
from companion.activities.routes.drafts import keep_draft
from companion.activities.routes.page import bp
from companion.activities.routes.planning import (
    activity_to_record,
    team_to_record,
)
from companion.activities.routes.prefilled import (
    FORMS,
    MEETING,
    VISIT,
    known_values,
    people_of,
    shape_of,
)
from companion.activities.small_forms import TokenForm
from companion.activities.terms import ActivityState, OwnerKind
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Conflict
from companion.core.html import jst
from companion.periods.queries import pillars, policy_fields
from companion.teams.models import Team

CLOSED = {ActivityState.CANCELLED, ActivityState.PUBLISHED}


@bp.route("/logs/<public_id>/meeting", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def new_meeting(public_id: str) -> str | Response | tuple[str, int]:
    """Log an online meeting that was not planned here."""
    return _new(team_to_record(public_id), MEETING)


@bp.route("/logs/<public_id>/visit", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def new_visit(public_id: str) -> str | Response | tuple[str, int]:
    """Log a visit that was not planned here."""
    return _new(team_to_record(public_id), VISIT)


@bp.route("/activities/<public_id>/log", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def log(public_id: str) -> str | Response | tuple[str, int]:
    """Write a planned activity's log, or correct a log."""
    activity = activity_to_record(public_id)
    if activity.state in CLOSED and request.method != "POST":
        flash(f"「{activity.state.label}」の活動は変更できません。", "warning")
        return redirect(url_for("activities.activity", public_id=public_id), 303)
    shape = shape_of(activity)
    form, draft = _form(activity.team, shape, public_id, activity)
    if request.method == "POST" and "draft" in request.form:
        return keep_draft(activity.team, public_id)
    if activity.state in CLOSED:  # while it was being written
        raise _conflict(form, activity, shape)
    if form.validate_on_submit():
        if form.is_stale(activity):
            raise _conflict(form, activity, shape)
        try:
            with saved():
                key = form.once()
                written = form.log(_members(activity.team))
                revise_activity(activity, written, by=need_viewer())
                drop_draft(need_viewer().user_id, activity.team, public_id)
                key.location = url_for("activities.activity", public_id=public_id)
            return _done(activity)
        except Faulty as faulty:
            _show_faults(form, faulty)
    return _page(activity.team, form, shape, draft, activity)


def _new(team: Team, shape: str) -> str | Response | tuple[str, int]:
    form, draft = _form(team, shape, shape, None)
    if request.method == "POST" and "draft" in request.form:
        return keep_draft(team, shape)
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                made = record_activity(team, form.log(_members(team)), by=need_viewer())
                drop_draft(need_viewer().user_id, team, shape)
                key.location = url_for("activities.activity", public_id=made.public_id)
            return _done(made)
        except Faulty as faulty:
            _show_faults(form, faulty)
    return _page(team, form, shape, draft, None)


def _form(
    team: Team, shape: str, about: str, activity: Activity | None
) -> tuple[LogForm, Draft | None]:
    """The form as sent, else as kept in a draft, else filled with what is known."""
    kind, viewer = FORMS[shape], need_viewer()
    draft = find_draft(viewer.user_id, team, about)
    if request.method == "POST":
        form, draft = kind(), None
    elif draft is not None:
        form = kind(formdata=MultiDict([(name, value) for name, value in draft.typed]))
    else:
        form = kind(formdata=None, data=known_values(team, shape, activity, viewer))
    if activity is None:
        del form.version
    owners = [(OwnerKind.OFFICIAL.value, "チーム")]
    owners += [(m.public_id, m.official.name) for m in people_of(team, activity)]
    form.fill_choices(
        [*owners, (OwnerKind.MUNICIPALITY.value, "自治体")],
        [(row.code, row.digit + row.label) for row in policy_fields()],
        [(row.code, row.digit + row.label) for row in pillars()],
    )
    return form, draft


def _members(team: Team) -> dict[str, int]:
    return {member.public_id: member.id for member in team.members}


def _page(
    team: Team, form: LogForm, shape: str, draft: Draft | None, activity: Activity | None
) -> str | tuple[str, int]:
    about = activity.public_id if activity else shape
    known = {row.public_id: row for row in open_actions([team], need_viewer())}
    people = {member.public_id: member for member in team.members}
    page = render_template(
        "activities/log.html",
        team=team,
        activity=activity,
        form=form,
        faults=faults_of(form),
        shape=shape,
        about=about,
        draft=draft,
        discard=TokenForm(),
        people=people,
        known_actions=known,
    )
    return (page, 422) if form.errors else page


def _show_faults(form: LogForm, faulty: Faulty) -> None:
    for fault in faulty.faults:
        field = form[fault.field]
        field.errors = [*field.errors, fault.message]


def _done(activity: Activity) -> Response:
    flash("活動を記録しました。", "success")
    for name, other in overlapping(activity):
        flash(
            f"{name}さんの時間が、{jst(other.held_start, 'short')}からの「{other.title}」と重なって"
            "います。どちらかの時刻が違うときは訂正してください。",
            "warning",
        )
    return redirect(url_for("activities.activity", public_id=activity.public_id), 303)


def _conflict(form: LogForm, activity: Activity, shape: str) -> Conflict:
    viewer = need_viewer()
    names = {member.public_id: member.official.name for member in activity.team.members}
    names |= {row.public_id: row.text for row in open_actions([activity.team], viewer)}
    closed = activity.state in CLOSED
    return form.conflict(
        known_values(activity.team, shape, activity, viewer),
        title=activity.title,
        back=url_for(f"activities.{'activity' if closed else 'log'}", public_id=activity.public_id),
        more=[("状態", activity.state.label, "記録")] if closed else (),
        names=names,
    )
