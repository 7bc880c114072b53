"""Polls for a date: put by an official, answered by each for oneself, decided by an official."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.actions import Faulty
from companion.activities.actions.scheduling import (
    answer_poll,
    ask_for_date,
    decide_poll,
    drop_poll,
)
from companion.activities.dates import Suggestion, suggested
from companion.activities.forms import faults_of
from companion.activities.models import Poll
from companion.activities.queries import may_record
from companion.activities.queries.schedule import (
    find_poll,
    own_voice,
    sessions_of,
    taken_days,
    usual_weekday,
    voters,
)
from companion.activities.routes.page import bp
from companion.activities.routes.planning import team_to_record
from companion.activities.schedule_forms import DecideForm, PollForm
from companion.activities.small_forms import TokenForm
from companion.activities.terms import ActivityKind, Preference
from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.html import jdate, jst
from companion.periods.routes import show_period
from companion.teams.models import Team


def _suggested(team: Team) -> list[Suggestion]:
    return suggested(
        ActivityKind.ONLINE_MEETING,
        clock.today(),
        sessions=sessions_of(team.period),
        taken=taken_days(team),
        weekday=usual_weekday(team),
    )


@bp.route("/logs/<public_id>/poll", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def new_poll(public_id: str) -> str | Response | tuple[str, int]:
    """Ask members and municipality which date suits."""
    team, form = team_to_record(public_id), PollForm()
    form.days.choices = [
        (row.day.isoformat(), f"{jdate(row.day)}{'　' + row.note if row.note else ''}")
        for row in _suggested(team)
    ]
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                made = ask_for_date(team, form.plan(), form.starts(), by=need_viewer())
                key.location = url_for("activities.poll", public_id=made.public_id)
                location = key.location
            flash("日程調整を始めました。まずご自分の都合を回答してください。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            form.days.errors = [str(refusal)]
    page = render_template("activities/new_poll.html", team=team, form=form, faults=faults_of(form))
    return (page, 422) if form.errors else page


def _found(public_id: str) -> Poll:
    found = find_poll(public_id, need_viewer()) or abort(404)
    show_period(found.team.period)
    return found


@bp.get("/polls/<public_id>")
@needs(Permission.ACTIVITY_VIEW)
def poll(public_id: str) -> str:
    """The dates, who said what, and one's own answer."""
    return _page(_found(public_id), DecideForm(formdata=None))


def _page(found: Poll, deciding: DecideForm) -> str:
    viewer = need_viewer()
    voice = own_voice(found, viewer)
    deciding.slot.choices = [(slot.id, jst(slot.starts_at)) for slot in found.slots]
    return render_template(
        "activities/poll.html",
        poll=found,
        voters=voters(found),
        marks={(slot.id, a.voter): a.preference for slot in found.slots for a in slot.answers},
        voice=voice,
        preferences=list(Preference),
        may_decide=may_record(found.team, viewer),
        deciding=deciding,
        token=TokenForm(),
        sessions=sessions_of(found.team.period),
    )


@bp.post("/polls/<public_id>/answer")
@needs(Permission.POLL_ANSWER)
def answer(public_id: str) -> Response:
    """Say for oneself which dates suit."""
    found = _found(public_id)
    if not TokenForm().validate_on_submit():
        abort(400)
    known = {row.value for row in Preference}
    given = {
        slot.id: Preference(said)
        for slot in found.slots
        if (said := request.form.get(f"slot-{slot.id}")) in known
    }
    with saved_telling() as tell:
        answer_poll(found, given, by=need_viewer())
        tell("回答を保存しました。")
    return redirect(url_for("activities.poll", public_id=public_id), 303)


@bp.post("/polls/<public_id>/decide")
@needs(Permission.ACTIVITY_RECORD)
def decide(public_id: str) -> Response | tuple[str, int]:
    """Make one of the dates a plan, or give the poll up."""
    viewer, found = need_viewer(), _found(public_id)
    if not may_record(found.team, viewer):
        abort(404)
    form = DecideForm()
    form.slot.choices = [(slot.id, jst(slot.starts_at)) for slot in found.slots]
    try:
        if "drop" in request.form:
            if not TokenForm().validate_on_submit():
                abort(400)
            with saved():
                drop_poll(found, by=viewer)
            flash("日程調整を取りやめました。", "success")
            return redirect(url_for("teams.team", public_id=found.team.public_id), 303)
        if not form.validate_on_submit():
            return _page(found, form), 422
        with saved():
            made = decide_poll(found, form.slot.data, by=viewer)
            location = url_for("activities.activity", public_id=made.public_id)
        flash("日程が決まり、予定として登録しました。", "success")
        return redirect(location, 303)
    except Faulty:
        flash("過ぎた日時は選べません。新しい候補で日程調整をやり直してください。", "error")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("activities.poll", public_id=public_id), 303)
