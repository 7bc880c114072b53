"""Calendars: secret feeds of one's own, one plan as a file, and sessions of the Diet."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from companion.activities.actions.scheduling import (
    make_feed,
    remove_diet_session,
    revoke_feed,
    set_diet_session,
)
from companion.activities.calendars import Entry, calendar, entry_of
from companion.activities.models import Activity
from companion.activities.queries import find_activity
from companion.activities.queries.schedule import (
    calendar_of,
    diet_sessions,
    feed_of,
    feeds_of,
)
from companion.activities.routes.page import bp
from companion.activities.schedule_forms import DietForm, FeedForm
from companion.activities.small_forms import TokenForm
from companion.core.access import Permission, Viewer, need_viewer, needs, public
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period
from companion.teams.models import Team
from companion.teams.queries import own_teams


def _absolute(path: str) -> str:
    """An address people reach from outside: never built from what a request says of itself."""
    return str(current_app.config["EXTERNAL_BASE_URL"]) + path


def add_entries(app: Flask, source: Callable[[Viewer, Team | None], list[Entry]]) -> None:
    """Let a higher part put its own into the feeds of a person, or of one team."""
    app.extensions.setdefault("calendar_sources", []).append(source)


def _link(activity: Activity) -> str:
    """Where an activity is logged, or read once it is."""
    endpoint = "activities.activity" if activity.is_held else "activities.log"
    return url_for(endpoint, public_id=activity.public_id)


def _entries(activities: list[Activity]) -> list[Entry]:
    return [made for row in activities if (made := entry_of(row, _link(row)))]


def _ics(name: str, entries: list[Entry], filename: str = "") -> Response:
    base = str(current_app.config["EXTERNAL_BASE_URL"])
    host = urlsplit(base).hostname or "localhost"
    answer = make_response(calendar(name, entries, host=host, base=base))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    if filename:
        answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


@bp.get("/activities/<public_id>/plan.ics")
@needs(Permission.ACTIVITY_VIEW)
def plan_file(public_id: str) -> Response:
    """One plan as a file for a calendar."""
    found = find_activity(public_id, need_viewer()) or abort(404)
    return _ics(found.title, _entries([found]), f"{found.day:%Y%m%d}.ics")


@bp.get("/calendar/<feed>.ics")
@public
def feed(feed: str) -> Response:
    """What a calendar program reads with the secret of an address; 404 once it is revoked."""
    known = feed_of(feed)
    if known is None:
        abort(404)
    row, viewer = known
    name = f"伴走 {row.team.challenge.municipality.name}" if row.team else "伴走支援の予定"
    entries = _entries(calendar_of(viewer, row.team))
    for source in current_app.extensions.get("calendar_sources", ()):
        entries += source(viewer, row.team)
    return _ics(name, entries)


@bp.route("/<int:year>/calendar", methods=["GET", "POST"])
@needs(Permission.CALENDAR_FEED)
def feeds() -> str | Response | tuple[str, int]:
    """One's own addresses: make one (shown once), see which there are."""
    viewer, form, address = need_viewer(), FeedForm(), ""
    teams = {team.public_id: team for team in own_teams(current_period(), viewer)}
    names = [(key, f"{t.challenge.municipality.name}のチーム") for key, t in teams.items()]
    form.team.choices = [("", "わたしのすべてのチーム"), *names]
    if form.validate_on_submit():
        with saved():
            form.once().location = url_for("activities.feeds")
            _, secret = make_feed(teams.get(form.team.data), by=viewer)
        address = _absolute(url_for("activities.feed", feed=secret))
        form = FeedForm(formdata=None)
        form.team.choices = [("", "わたしのすべてのチーム"), *names]
    page = render_template(
        "activities/feeds.html",
        form=form,
        feeds=feeds_of(viewer),
        address=address,
        token=TokenForm(),
    )
    return (page, 422) if form.errors else page


@bp.post("/<int:year>/calendar/revoke")
@needs(Permission.CALENDAR_FEED)
def revoke() -> Response:
    """Make one of one's own addresses answer 404."""
    viewer = need_viewer()
    if not TokenForm().validate_on_submit():
        abort(400)
    wanted = request.form.get("feed", "")
    found = next((row for row in feeds_of(viewer) if str(row.id) == wanted), None)
    if found is not None:
        with saved():
            revoke_feed(found, by=viewer)
        flash("カレンダーのアドレスを無効にしました。", "success")
    return redirect(url_for("activities.feeds"), 303)


@bp.route("/<int:year>/diet", methods=["GET", "POST"])
@needs(Permission.PERIOD_MANAGE)
def diet() -> str | Response | tuple[str, int]:
    """The sessions of the Diet, which suggestions of dates take into account."""
    viewer, period, form = need_viewer(), current_period(), DietForm()
    here = url_for("activities.diet")
    if request.method == "POST" and "remove" in request.form:
        if not TokenForm().validate_on_submit():
            abort(400)
        row = next((r for r in diet_sessions(period) if str(r.id) == request.form["remove"]), None)
        if row is not None:
            with saved():
                remove_diet_session(row, by=viewer)
            flash("会期を削除しました。", "success")
        return redirect(here, 303)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                set_diet_session(
                    period, form.name.data, form.first_on.data, form.last_on.data, by=viewer
                )
            flash("会期を登録しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            form.last_on.errors = [str(refusal)]
    page = render_template(
        "activities/diet.html", form=form, sessions=diet_sessions(period), token=TokenForm()
    )
    return (page, 422) if form.errors else page
