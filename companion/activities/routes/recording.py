"""Recording: the log of a meeting or a visit, its draft, and its corrections.

Everything known is filled in before the first key is pressed: time, people, open actions, place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from companion.activities.actions import (
    Faulty,
    drop_draft,
    record_activity,
    revise_activity,
    save_draft,
)
from companion.activities.forms import (
    ONLINE_KINDS,
    OUTSIDE,
    VISIT_KINDS,
    LogForm,
    TokenForm,
    VisitLogForm,
    faults_of,
    shown_as,
)
from companion.activities.models import Activity, Attendance, Draft
from companion.activities.queries import (
    find_activity,
    find_draft,
    last_held,
    open_actions,
    overlapping,
)
from companion.activities.routes.page import bp
from companion.activities.routes.planning import (
    activity_to_record,
    shown,
    team_to_record,
)
from companion.activities.rules import Part, minutes_between, part_minutes
from companion.activities.terms import ActivityKind, ActivityState, AttendanceStatus, OwnerKind
from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Conflict
from companion.core.html import jst
from companion.teams.models import Team, TeamMember

MEETING, VISIT = "meeting", "visit"
FORMS: dict[str, type[LogForm]] = {MEETING: LogForm, VISIT: VisitLogForm}
NEW_ACTION_ROWS = 3
EMPTY_GUEST_ROWS = 2
NOT_TYPED = {"csrf_token", "form_key", "draft"}
TEXT_FIELDS = (
    *("title", "medium", "place", "agenda", "present_state", "advice", "decisions"),
    *("until_next", "nights", "trip_purpose", "trip_route"),
)


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
    if activity.state in {ActivityState.CANCELLED, ActivityState.PUBLISHED}:
        flash(f"「{activity.state.label}」の活動は変更できません。", "warning")
        return redirect(url_for("activities.activity", public_id=public_id), 303)
    shape = shape_of(activity)
    form, draft = _form(activity.team, shape, public_id, activity)
    if request.method == "POST" and "draft" in request.form:
        return _keep_draft(activity.team, public_id)
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
        return _keep_draft(team, shape)
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


def shape_of(activity: Activity) -> str:
    """Which of the two forms an activity is written with."""
    is_visit = activity.kind in {
        ActivityKind.SITE_VISIT,
        ActivityKind.WORKSHOP,
        ActivityKind.MAYORS_TALK,
    }
    travelled = activity.nights is not None or (activity.place and not activity.medium)
    return VISIT if is_visit or (activity.kind in VISIT_KINDS and travelled) else MEETING


def _form(
    team: Team, shape: str, about: str, activity: Activity | None
) -> tuple[LogForm, Draft | None]:
    """The form as sent, else as kept in a draft, else filled with what is known."""
    kind = FORMS[shape]
    draft = find_draft(need_viewer().user_id, team, about)
    if request.method == "POST":
        form, draft = kind(), None
    elif draft is not None:
        form = kind(formdata=MultiDict([(name, value) for name, value in draft.typed]))
    else:
        form = kind(formdata=None, data=_values(team, shape, activity))
    if activity is None:
        del form.version
    owners = [(OwnerKind.OFFICIAL.value, "チーム")]
    owners += [(m.public_id, m.official.name) for m in _people(team, activity)]
    form.fill_choices([*owners, (OwnerKind.MUNICIPALITY.value, "自治体")])
    return form, draft


def _people(team: Team, activity: Activity | None) -> list[TeamMember]:
    attended = {row.member_id for row in activity.attendances} if activity else set()
    return [m for m in team.members if m.ended_on is None or m.id in attended]


def _members(team: Team) -> dict[str, int]:
    return {member.public_id: member.id for member in team.members}


def _values(team: Team, shape: str, activity: Activity | None) -> dict[str, Any]:
    kinds: Collection[ActivityKind] = VISIT_KINDS if shape == VISIT else ONLINE_KINDS
    before = last_held(team, kinds=kinds)
    values: dict[str, Any] = {
        "kind": (ActivityKind.SITE_VISIT if shape == VISIT else ActivityKind.ONLINE_MEETING).value,
        "next_kind": ActivityKind.ONLINE_MEETING.value,
        "medium": before.medium if before else "",
        "place": before.place if before else "",
        "guests": _guest_values(before),
        "actions": [{} for _ in range(NEW_ACTION_ROWS)],
        "people": [
            {"member": m.public_id, "status": AttendanceStatus.PRESENT.value}
            for m in _people(team, activity)
        ],
        "progress": [
            {
                "action": row.public_id,
                "was": shown_as(row.state.value, row.reason),
                "state": row.state.value,
                "reason": row.reason,
            }
            for row in open_actions([team], need_viewer())
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
        }
        values |= {name: getattr(activity, name) for name in TEXT_FIELDS}
    return values


def _attendance_values(activity: Activity) -> list[dict[str, Any]]:
    rows = {row.member_id: row for row in activity.attendances}
    found = []
    for member in _people(activity.team, activity):
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
    stored = FORMS[shape](formdata=None, data=_values(activity.team, shape, activity))
    skipped = {"csrf_token", "form_key", "version", "progress", "actions"}
    names = {member.public_id: member.official.name for member in activity.team.members}
    rows = []
    for field in form:
        if field.name in skipped or field.name.startswith("next_"):
            continue
        ours, theirs = _flat(stored[field.name], names), _flat(field, names)
        if ours != theirs:
            rows.append((field.label.text, ours, theirs))
    return Conflict(
        title=activity.title,
        back=url_for("activities.log", public_id=activity.public_id),
        rows=rows,
    )


def _flat(field: Any, names: dict[str, str]) -> str:
    """A field as a person reads it: rows as lines, codes as their labels."""
    if field.type != "FieldList":
        return _word(field)
    lines = []
    for entry in field:
        controls = list(entry.form)
        who = [
            names.get(control.data, "") for control in controls if control.name.endswith("member")
        ]
        told = [_word(control) for control in controls if control.type != "HiddenField"]
        # A choice is always made; a row of free text counts once something was written in it.
        if who or any(_word(control) for control in controls if control.type != "SelectField"):
            lines.append(" ".join(word for word in who + told if word))
    return "\n".join(lines)


def _word(field: Any) -> str:
    if field.type == "SelectField":
        return next((row.label for row in field.choices if row.value == field.data), "")
    return shown(field.data)


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


def _keep_draft(team: Team, about: str) -> Response:
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
