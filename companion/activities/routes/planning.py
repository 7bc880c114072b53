"""Planning: put a meeting or visit into the calendar, move it, call it off."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.actions import (
    Faulty,
    cancel_activity,
    move_activity,
    plan_activity,
)
from companion.activities.dates import notes_on
from companion.activities.forms import faults_of
from companion.activities.models import Activity
from companion.activities.queries import find_activity, may_record
from companion.activities.queries.overlaps import planned_beside
from companion.activities.queries.schedule import sessions_of
from companion.activities.routes.page import bp
from companion.activities.small_forms import CancelForm, PlanForm
from companion.activities.terms import ActivityState
from companion.core.access import Permission, need_viewer, needs
from companion.core.clock import to_jst
from companion.core.db import saved
from companion.core.html import jst
from companion.periods.routes import show_period
from companion.teams.models import Team
from companion.teams.queries import find_team


def team_to_record(public_id: str) -> Team:
    """The team, when the viewer writes its log; 404 otherwise."""
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not may_record(team, viewer):
        abort(404)
    show_period(team.period)
    return team


def activity_to_record(public_id: str) -> Activity:
    """The activity, when the viewer writes its team's log; 404 otherwise."""
    viewer = need_viewer()
    activity = find_activity(public_id, viewer)
    if activity is None or not may_record(activity.team, viewer):
        abort(404)
    show_period(activity.team.period)
    return activity


def show_faults(form: PlanForm, faulty: Faulty) -> None:
    """Put each fault beside its field."""
    for fault in faulty.faults:
        field = getattr(form, fault.field)
        field.errors = [*field.errors, fault.message]


def _warn(activity: Activity) -> None:
    """Say what speaks against a day that has just been planned: it may be meant so."""
    for note in notes_on(activity.day, sessions_of(activity.team.period)):
        flash(f"{note}。日付を確かめてください。", "warning")
    beside: dict[Activity, list[str]] = {}
    for name, other in planned_beside(activity):
        beside.setdefault(other, []).append(f"{name}さん")
    for other, names in beside.items():
        flash(
            f"{'、'.join(names)}の予定が、{jst(other.planned_start, 'short')}からの"
            f"「{other.title}」と重なっています。",
            "warning",
        )


@bp.route("/logs/<public_id>/plan", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def plan(public_id: str) -> str | Response | tuple[str, int]:
    """Put a meeting or visit into the calendar."""
    viewer, team = need_viewer(), team_to_record(public_id)
    form = PlanForm()
    del form.version
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                made = plan_activity(team, form.plan(), by=viewer)
                key.location = url_for("activities.activity", public_id=made.public_id)
            flash("予定を登録しました。", "success")
            _warn(made)
            return redirect(url_for("teams.team", public_id=public_id), 303)
        except Faulty as faulty:
            show_faults(form, faulty)
    page = render_template(
        "activities/plan.html", team=team, activity=None, form=form, faults=faults_of(form)
    )
    return (page, 422) if form.errors else page


@bp.route("/activities/<public_id>/plan", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def move(public_id: str) -> str | Response | tuple[str, int]:
    """Change what is planned."""
    viewer, activity = need_viewer(), activity_to_record(public_id)
    back = url_for("activities.activity", public_id=public_id)
    is_planned = activity.state is ActivityState.PLANNED
    if not is_planned and request.method != "POST":
        flash(f"「{activity.state.label}」の活動の予定は変更できません。", "warning")
        return redirect(back, 303)
    form = PlanForm(data=plan_values(activity))
    del form.form_key
    if not is_planned:  # called off or logged while the plan was being changed
        raise form.conflict(
            plan_values(activity),
            title=activity.title,
            back=back,
            more=[("状態", activity.state.label, ActivityState.PLANNED.label)],
        )
    if form.validate_on_submit():
        if form.is_stale(activity):
            raise form.conflict(
                plan_values(activity),
                title=activity.title,
                back=url_for("activities.move", public_id=public_id),
            )
        try:
            with saved():
                move_activity(activity, form.plan(), by=viewer)
            flash("予定を変更しました。", "success")
            _warn(activity)
            return redirect(back, 303)
        except Faulty as faulty:
            show_faults(form, faulty)
    page = render_template(
        "activities/plan.html",
        team=activity.team,
        activity=activity,
        form=form,
        faults=faults_of(form),
    )
    return (page, 422) if form.errors else page


@bp.route("/activities/<public_id>/cancel", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def cancel(public_id: str) -> str | Response:
    """Call a planned meeting or visit off."""
    viewer, activity = need_viewer(), activity_to_record(public_id)
    back = url_for("activities.activity", public_id=public_id)
    is_planned = activity.state is ActivityState.PLANNED
    if not is_planned and request.method != "POST":
        flash(f"「{activity.state.label}」の活動は中止にできません。", "warning")
        return redirect(back, 303)
    form = CancelForm(data={"version": activity.version})
    if form.validate_on_submit():
        if form.is_stale(activity) or not is_planned:
            raise form.conflict(
                {"reason": activity.cancel_reason},
                title=activity.title,
                back=url_for("activities.cancel", public_id=public_id) if is_planned else back,
                more=[
                    ("テーマ", activity.title, ""),
                    ("日時", jst(activity.starts_at), ""),
                    ("状態", activity.state.label, ActivityState.CANCELLED.label),
                ],
            )
        with saved():
            cancel_activity(activity, form.reason.data or "", by=viewer)
        flash("予定を中止にしました。", "success")
        return redirect(back, 303)
    return render_template("activities/cancel.html", activity=activity, form=form)


def plan_values(activity: Activity) -> dict[str, object]:
    """What the plan form shows of a planned activity."""
    values: dict[str, object] = {
        name: getattr(activity, name) for name in ("title", "medium", "place", "agenda", "version")
    }
    values["kind"] = activity.kind.value
    if activity.planned_start:
        start = to_jst(activity.planned_start)
        values |= {"held_on": start.date(), "start_time": start.time()}
        end = to_jst(activity.planned_end or activity.planned_start)
        values["end_time"] = end.time()
        if end.date() != start.date():
            values["end_on"] = end.date()
    return values
