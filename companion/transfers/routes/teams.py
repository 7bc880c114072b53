"""A team as a whole: its members with their history, pauses, and the theme it works on."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.activities.queries import may_record
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.periods.routes import show_period
from companion.teams.actions import fix_theme, pause_team, reopen_theme, resume_team
from companion.teams.models import Team
from companion.teams.queries import find_team
from companion.transfers.forms import PauseForm, ThemeForm
from companion.transfers.routes.page import bp


def _team(public_id: str) -> Team:
    team = find_team(public_id, need_viewer()) or abort(404)
    show_period(team.period)
    return team


@bp.get("/teams/<public_id>/changes")
@needs(Permission.TEAM_CHANGE_VIEW)
def changes(public_id: str) -> str:
    """The members with their history, pauses, and what can be changed."""
    return _changes_page(_team(public_id), PauseForm(formdata=None))


def _changes_page(team: Team, pause: PauseForm) -> str:
    successors = {row.replaces_id: row for row in team.members if row.replaces_id}
    return render_template(
        "transfers/changes.html", team=team, successors=successors, pause=pause, act=Form()
    )


@bp.post("/teams/<public_id>/pause")
@needs(Permission.TEAM_CHANGE)
def pause(public_id: str) -> Response | tuple[str, int]:
    """Stop the clocks of a team."""
    team, form = _team(public_id), PauseForm()
    if form.validate_on_submit():
        try:
            with saved():
                pause_team(team, form.reason.data or "", by=need_viewer())
            flash("チームを休止しました。督促や注意は出なくなります。", "success")
            return redirect(url_for("transfers.changes", public_id=public_id), 303)
        except Refused as refusal:
            team = _team(public_id)
            form.reason.errors = [str(refusal)]
    return _changes_page(team, form), 422


@bp.post("/teams/<public_id>/resume")
@needs(Permission.TEAM_CHANGE)
def resume(public_id: str) -> Response:
    """Let the clocks run again."""
    team = _team(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        resume_team(team, by=need_viewer())
        tell("チームを再開しました。")
    return redirect(url_for("transfers.changes", public_id=public_id), 303)


@bp.route("/logs/<public_id>/theme", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def theme(public_id: str) -> str | Response | tuple[str, int]:
    """Word the support theme, and fix it once team and municipality agree."""
    team = _team(public_id)
    if not may_record(team, need_viewer()):
        abort(404)
    form = ThemeForm(obj=team, is_final=team.theme_fixed_on is not None)
    if form.validate_on_submit():
        if form.is_stale(team):
            raise form.conflict(
                {"support_theme": team.support_theme, "is_final": team.theme_fixed_on is not None},
                title="支援テーマ",
                back=url_for("transfers.theme", public_id=public_id),
            )
        try:
            with saved():
                fix_theme(team, form.support_theme.data, form.is_final.data, by=need_viewer())
            flash("支援テーマを保存しました。", "success")
            return redirect(url_for("teams.team", public_id=public_id), 303)
        except Refused as refusal:
            team = _team(public_id)
            form.support_theme.errors = [str(refusal)]
    page = render_template("transfers/theme.html", team=team, form=form)
    return (page, 422) if form.errors else page


@bp.post("/teams/<public_id>/theme/reopen")
@needs(Permission.TEAM_CHANGE)
def reopen(public_id: str) -> Response:
    """Let a team change a theme that was fixed."""
    team = _team(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        reopen_theme(team, by=need_viewer())
        tell("支援テーマを直せるようにしました。")
    return redirect(url_for("transfers.changes", public_id=public_id), 303)
