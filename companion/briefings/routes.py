"""Pages of the 報告会: the programme, its sessions, seats by hand, days that do not suit."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.activities.routes.calendars import add_entries
from companion.briefings import actions
from companion.briefings.calls import entries_of
from companion.briefings.forms import (
    DayForm,
    NewSessionsForm,
    ProposeForm,
    SeatForm,
    SessionForm,
)
from companion.briefings.models import BriefingSession
from companion.briefings.queries import (
    clashes_of,
    find_session,
    find_team_of,
    parties,
    plan_of,
    programme,
    seat_of,
    sessions_of,
    sitting,
    unsuitable_days,
)
from companion.briefings.rules import obstacles
from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.core.clock import to_jst
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.core.html import jst
from companion.periods.routes import current_period, show_period
from companion.teams.models import Team
from companion.teams.queries import is_own
from companion.teams.routes import Panel, add_panel

bp = Blueprint("briefings", __name__)
PROGRAMME = "/{year}/briefings"
DEFAULTS = {"count": 6, "size": 10, "team_minutes": 12}


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)
    add_entries(app, lambda viewer, team: entries_of(viewer, team, PROGRAMME))


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    may_say = viewer.may(Permission.BRIEFING_DAYS)
    if not team.state.is_announced or not may_say or not is_own(team, viewer):
        return None
    plan = plan_of(team.period)
    is_shown = plan is not None and plan.published_at is not None
    seat = seat_of(team) if is_shown else None
    return Panel("briefings/_team_panel.html", {"seat": seat}, is_last=True)


@bp.get("/<int:year>/briefings")
@needs(Permission.BRIEFING_VIEW)
def briefings() -> str:
    """The programme: who speaks when, and for whoever arranges it what clashes."""
    return _programme(ProposeForm(formdata=None))


def _programme(form: ProposeForm) -> str:
    viewer, period = need_viewer(), current_period()
    shown = programme(period, viewer)
    arranges = viewer.may(Permission.BRIEFING_ARRANGE)
    plan = plan_of(period)
    return render_template(
        "briefings/briefings.html",
        shown=shown,
        clashes=clashes_of(shown) if shown and arranges else {},
        arranges=arranges,
        can_take_back=arranges and plan is not None and plan.before is not None,
        form=form,
        act=Form(),
    )


@bp.route("/<int:year>/briefings/new", methods=["GET", "POST"])
@needs(Permission.BRIEFING_ARRANGE)
def new_sessions() -> str | Response | tuple[str, int]:
    """Add sessions."""
    form = NewSessionsForm(data=DEFAULTS)
    if form.validate_on_submit():
        with saved():
            form.once().location = url_for("briefings.briefings")
            actions.make_sessions(current_period(), form.count.data, form.words, by=need_viewer())
        flash(f"{form.count.data}回を登録しました。続けてチームを割り振ってください。", "success")
        return redirect(url_for("briefings.briefings"), 303)
    page = render_template("briefings/session.html", form=form, session=None)
    return (page, 422) if form.errors else page


@bp.post("/<int:year>/briefings/propose")
@needs(Permission.BRIEFING_ARRANGE)
def propose() -> Response:
    """Give every team a seat without clashes."""
    form = ProposeForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        with saved():
            found = actions.propose(
                current_period(), keeps_fixed=form.keeps_fixed.data, by=need_viewer()
            )
        flash(f"{len(found.seats)}チームを割り振りました。", "success")
        if found.left:
            flash(f"{len(found.left)}チームは割り振れませんでした。{_first(found.left)}", "warning")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("briefings.briefings"), 303)


def _first(left: dict[int, str]) -> str:
    return " ".join(dict.fromkeys(left.values()))[:500]


@bp.post("/<int:year>/briefings/change")
@needs(Permission.BRIEFING_ARRANGE)
def change() -> Response:
    """Publish the programme, hide it again, or take the latest change back."""
    act = request.form.get("act", "")
    done = {
        "publish": (actions.publish_programme, "プログラムを公表しました。"),
        "withdraw": (actions.withdraw_programme, "公表を取り消しました。"),
        "undo": (actions.take_back, "ひとつ前の配置に戻しました。"),
    }
    if not Form().validate_on_submit() or act not in done:
        abort(400)
    carry_out, words = done[act]
    with saved_telling() as tell:
        carry_out(current_period(), by=need_viewer())
        tell(words)
    return redirect(url_for("briefings.briefings"), 303)


def _session(public_id: str) -> BriefingSession:
    session = find_session(public_id) or abort(404)
    show_period(session.period)
    return session


def _words_of(session: BriefingSession) -> dict[str, object]:
    local = to_jst(session.starts_at)
    names = ("team_minutes", "size", "place", "online_url", "version")
    return {name: getattr(session, name) for name in names} | {
        "day": local.date(),
        "time": local.time(),
    }


@bp.route("/briefings/<public_id>", methods=["GET", "POST"])
@needs(Permission.BRIEFING_ARRANGE)
def session(public_id: str) -> str | Response | tuple[str, int]:
    """Change one session."""
    row = _session(public_id)
    stored = _words_of(row)
    form = SessionForm(data=stored)
    if form.validate_on_submit():
        if form.is_stale(row):
            back = url_for("briefings.session", public_id=public_id)
            raise form.conflict(stored, title=row.name, back=back)
        try:
            with saved():
                actions.change_session(row, form.words, by=need_viewer())
            flash("回の内容を保存しました。", "success")
            return redirect(url_for("briefings.briefings"), 303)
        except Refused as refusal:
            row = _session(public_id)
            form.form_errors.append(str(refusal))
    page = render_template("briefings/session.html", form=form, session=row, act=Form())
    return (page, 422) if form.errors else page


@bp.post("/briefings/<public_id>/remove")
@needs(Permission.BRIEFING_ARRANGE)
def remove(public_id: str) -> Response:
    """Take an empty session away."""
    row = _session(public_id)
    if not Form().validate_on_submit():
        abort(400)
    try:
        with saved():
            actions.remove_session(row, by=need_viewer())
        flash("回を削除しました。", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("briefings.session", public_id=public_id), 303)
    return redirect(url_for("briefings.briefings"), 303)


@bp.route("/briefing-teams/<public_id>", methods=["GET", "POST"])
@needs(Permission.BRIEFING_ARRANGE)
def seat(public_id: str) -> str | Response | tuple[str, int]:
    """Move a team by hand: the page says beforehand which sessions are possible, and why not."""
    viewer = need_viewer()
    team = find_team_of(public_id, viewer, Permission.BRIEFING_ARRANGE) or abort(404)
    show_period(team.period)
    sessions, present = sessions_of(team.period), seat_of(team)
    by_id = {row.public_id: row for row in sessions}
    others = {
        s.team.public_id: s.team for row in sessions for s in row.seats if s.team_id != team.id
    }
    form = SeatForm(
        sessions=[
            SelectChoice(row.public_id, f"{row.name} {jst(row.starts_at, 'short')}")
            for row in sessions
        ],
        positions=[
            SelectChoice(0, "最後"),
            *(
                SelectChoice(n + 1, f"{n + 1}番目")
                for n in range(max((r.size for r in sessions), default=0))
            ),
        ],
        teams=[
            SelectChoice("", "入れ替えない"),
            *(
                SelectChoice(
                    s.team.public_id, f"{row.name} {s.team.challenge.municipality.full_name}"
                )
                for row in sessions
                for s in row.seats
                if s.team_id != team.id
            ),
        ],
        data={
            "session": present.session.public_id if present else None,
            "position": present.position + 1 if present else 0,
        },
    )
    try:
        if request.method == "POST" and "out" in request.form:
            if not Form().validate_on_submit():
                abort(400)
            with saved():
                actions.take_out(team, by=viewer)
            flash("回から外しました。", "success")
            return redirect(url_for("briefings.briefings"), 303)
        if form.validate_on_submit():
            with saved():
                actions.move_team(
                    team,
                    by_id[form.session.data],
                    position=form.position.data - 1 if form.position.data else None,
                    instead_of=others.get(form.instead_of.data),
                    by=viewer,
                )
            flash("チームを移しました。", "success")
            return redirect(url_for("briefings.briefings"), 303)
    except Refused as refusal:
        form.session.errors = [str(refusal)]
        team = find_team_of(public_id, viewer, Permission.BRIEFING_ARRANGE) or abort(404)
        sessions, present = sessions_of(team.period), seat_of(team)
    (party,) = parties([team], sessions)
    page = render_template(
        "briefings/seat.html",
        team=team,
        present=present,
        rows=[(row, obstacles(party, sitting(row))) for row in sessions],
        form=form,
    )
    return (page, 422) if form.errors else page


@bp.route("/briefing-days/<public_id>", methods=["GET", "POST"])
@needs(Permission.BRIEFING_DAYS)
def days(public_id: str) -> str | Response | tuple[str, int]:
    """Days on which a team or its municipality cannot come."""
    viewer = need_viewer()
    team = find_team_of(public_id, viewer, Permission.BRIEFING_DAYS) or abort(404)
    show_period(team.period)
    form, here = DayForm(), url_for("briefings.days", public_id=public_id)
    known = unsuitable_days([team])[team.id]
    if request.method == "POST" and "remove" in request.form:
        if not Form().validate_on_submit():
            abort(400)
        row = next((r for r in known if r.day.isoformat() == request.form["remove"]), None)
        if row is not None:
            with saved():
                actions.remove_unsuitable_day(team, row.day, by=viewer)
            flash("都合の悪い日を取り消しました。", "success")
        return redirect(here, 303)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                actions.add_unsuitable_day(team, form.day.data, form.note.data or "", by=viewer)
            flash("都合の悪い日を登録しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            form.day.errors = [str(refusal)]
            team = find_team_of(public_id, viewer, Permission.BRIEFING_DAYS) or abort(404)
    page = render_template("briefings/days.html", team=team, form=form, days=known, act=Form())
    return (page, 422) if form.errors else page
