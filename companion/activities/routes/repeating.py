"""Repeated meetings: look at the dates first, then plan them; end the rest at once."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.activities.actions import Faulty
from companion.activities.actions.scheduling import end_series, repeat_activity
from companion.activities.forms import faults_of
from companion.activities.queries.schedule import sessions_of
from companion.activities.routes.page import bp
from companion.activities.routes.planning import activity_to_record, team_to_record
from companion.activities.schedule_forms import RepeatForm
from companion.activities.small_forms import TokenForm
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.html import jdate


@bp.route("/logs/<public_id>/repeat", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def repeat(public_id: str) -> str | Response | tuple[str, int]:
    """Plan a meeting that comes again and again."""
    team = team_to_record(public_id)
    form = RepeatForm(data={"last_on": team.period.last_day})
    days: list[dt.date] | None = None
    left_out: list[tuple[dt.date, str]] = []
    if form.validate_on_submit():
        days, left_out = form.repeating().days(form.plan())
        if not form.look.data:
            try:
                with saved():
                    key = form.once()
                    made, left_out = repeat_activity(
                        team, form.plan(), form.repeating(), by=need_viewer()
                    )
                    key.location = url_for("teams.team", public_id=public_id)
                flash(f"{len(made)}回の予定を登録しました。", "success")
                for day, reason in left_out:
                    flash(f"{jdate(day)}は{reason}のため登録していません。", "info")
                return redirect(url_for("teams.team", public_id=public_id), 303)
            except Faulty as faulty:
                for fault in faulty.faults:
                    form[fault.field].errors = [*form[fault.field].errors, fault.message]
            except Refused as refusal:
                form.last_on.errors = [str(refusal)]
    page = render_template(
        "activities/repeat.html",
        team=team,
        form=form,
        faults=faults_of(form),
        days=days,
        left_out=left_out,
        sessions=sessions_of(team.period),
    )
    return (page, 422) if form.errors else page


@bp.post("/activities/<public_id>/end-series")
@needs(Permission.ACTIVITY_RECORD)
def stop_repeating(public_id: str) -> Response:
    """Call off what is still to come of a repeated meeting."""
    activity = activity_to_record(public_id)
    if not TokenForm().validate_on_submit():
        abort(400)
    back = url_for("teams.team", public_id=activity.team.public_id)
    with saved_telling() as tell:
        count = end_series(activity, by=need_viewer())
        tell(f"これからの{count}回を中止にしました。")
    return redirect(back, 303)
