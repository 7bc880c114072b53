"""Pages of the memos: a team's entries, one with its versions, opening them, what auditors see."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.queries import may_record
from companion.core.access import (
    Permission,
    State,
    Viewer,
    need_viewer,
    needs,
    needs_fresh_to_send,
)
from companion.core.db import saved
from companion.core.errors import Refused
from companion.memos import actions
from companion.memos.forms import EntryForm, NewEntryForm, OpenForm
from companion.memos.models import MemoEntry
from companion.memos.queries import (
    count_of,
    entries_of,
    find_entry,
    find_memo_team,
    memo_lines,
    openings_in,
    openings_of,
)
from companion.periods.routes import current_period, show_period
from companion.teams.models import Team
from companion.teams.queries import find_team
from companion.teams.routes import Panel, add_panel

bp = Blueprint("memos", __name__)
PER_PAGE = 50
MOST_PAGES = 1000


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced:
        return None
    if viewer.may(Permission.MEMO_OPEN):
        return Panel("memos/_team_panel.html", {"opens": True}, is_last=True)
    if viewer.may(Permission.MEMO_VIEW) and find_memo_team(team.public_id, viewer):
        values = {"opens": False, "count": count_of(team), "openings": openings_of(team)}
        return Panel("memos/_team_panel.html", values)
    return None


def _memo_team(public_id: str) -> Team:
    team = find_memo_team(public_id, need_viewer()) or abort(404)
    show_period(team.period)
    return team


def _page(team: Team, form: NewEntryForm | None) -> str:
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, count = entries_of(team, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    viewer = need_viewer()
    if form is None and may_record(team, viewer):
        form = NewEntryForm(formdata=None)
    return render_template(
        "memos/memo.html",
        team=team,
        rows=rows,
        count=count,
        page=page,
        pages=-(-count // PER_PAGE) or 1,
        openings=openings_of(team),
        is_opened=viewer.grant(Permission.MEMO_VIEW).when is State.OPENED,
        form=form,
    )


@bp.get("/memos/<public_id>")
@needs(Permission.MEMO_VIEW)
def memo(public_id: str) -> str:
    """A team's entries, newest first."""
    return _page(_memo_team(public_id), None)


@bp.post("/memos/<public_id>")
@needs(Permission.MEMO_WRITE)
def write(public_id: str) -> str | Response | tuple[str, int]:
    """Note something."""
    team, form, viewer = _memo_team(public_id), NewEntryForm(), need_viewer()
    if not may_record(team, viewer):
        abort(404)
    if form.validate_on_submit():
        here = url_for("memos.memo", public_id=public_id)
        with saved():
            key = form.once()
            actions.write_entry(team, form.text.data, by=viewer)
            key.location = here
        flash("メモを加えました。", "success")
        return redirect(here, 303)
    return _page(team, form), 422


def _entry(public_id: str) -> MemoEntry:
    row = find_entry(public_id, need_viewer()) or abort(404)
    show_period(row.team.period)
    return row


@bp.get("/memo-entries/<public_id>")
@needs(Permission.MEMO_VIEW)
def entry(public_id: str) -> str:
    """One entry with what it said before."""
    row = _entry(public_id)
    writes = may_record(row.team, need_viewer())
    return render_template("memos/entry.html", row=row, writes=writes)


@bp.route("/memo-entries/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.MEMO_WRITE)
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Put an entry right; what it said before is kept."""
    row, viewer = _entry(public_id), need_viewer()
    if not may_record(row.team, viewer):
        abort(404)
    form = EntryForm(data={"text": row.text, "version": row.version})
    if form.validate_on_submit():
        if form.is_stale(row):
            raise form.conflict(
                {"text": row.text},
                title="内部メモ",
                back=url_for("memos.edit", public_id=public_id),
            )
        with saved():
            actions.edit_entry(row, form.text.data, by=viewer)
        flash("メモを直しました。前の文は残っています。", "success")
        return redirect(url_for("memos.entry", public_id=public_id), 303)
    page = render_template("memos/edit.html", row=row, form=form)
    return (page, 422) if form.errors else page


@bp.route("/teams/<public_id>/memo-opening", methods=["GET", "POST"])
@needs(Permission.MEMO_OPEN)
@needs_fresh_to_send
def open_memo(public_id: str) -> str | Response | tuple[str, int]:
    """Open a team's memos for a day, with a reason that both sides are told."""
    viewer = need_viewer()
    team, form = find_team(public_id, viewer) or abort(404), OpenForm()
    show_period(team.period)
    if form.validate_on_submit():
        there = url_for("memos.memo", public_id=public_id)
        try:
            with saved():
                key = form.once()
                actions.open_memos(team, form.reason.data, by=viewer)
                key.location = there
            flash("内部メモを開きました。チームとすべてのコーディネーターに知らせます。", "success")
            return redirect(there, 303)
        except Refused as refusal:
            team = find_team(public_id, viewer) or abort(404)
            form.reason.errors = [str(refusal)]
    openings = openings_of(team)
    page = render_template(
        "memos/open_memo.html",
        team=team,
        form=form,
        openings=openings,
        own=next((row for row in openings if row.user_id == viewer.user_id and row.is_open), None),
    )
    return (page, 422) if form.errors else page


@bp.get("/<int:year>/memos")
@needs(Permission.MEMO_OVERVIEW)
def overview() -> str:
    """That memos exist, and who has opened them; never what they say."""
    period, viewer = current_period(), need_viewer()
    return render_template(
        "memos/overview.html",
        lines=memo_lines(period, viewer),
        openings=openings_in(period, viewer),
    )
