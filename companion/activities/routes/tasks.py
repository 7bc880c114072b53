"""Next actions: the board, one with its history, set without a log, changed, ticked off."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.activities.actions import add_action, change_action, revise_action
from companion.activities.forms import action_line
from companion.activities.queries import may_change, may_record
from companion.activities.queries.tasks import actions_of, find_action
from companion.activities.routes.page import PAGE_SIZE, bp, page_number
from companion.activities.routes.planning import team_to_record
from companion.activities.small_forms import ActionForm, NewActionForm, TokenForm
from companion.activities.terms import ActionState, OwnerKind
from companion.activities.written import Progress
from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period, show_period
from companion.teams.models import Team
from companion.teams.queries import own_teams


@bp.get("/<int:year>/actions")
@needs(Permission.ACTIVITY_VIEW)
def board() -> str:
    """What the teams one reads owe, or have settled."""
    viewer, period = need_viewer(), current_period()
    teams = {team.public_id: team for team in own_teams(period, viewer)}
    given = {name: request.args.get(name, "") for name in ("team", "owner", "settled")}
    owners = {kind.value: kind for kind in OwnerKind}
    page = page_number()
    rows, count = actions_of(
        period,
        viewer,
        team=teams.get(given["team"]),
        owner_kind=owners.get(given["owner"]),
        is_settled=given["settled"] == "yes",
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return render_template(
        "activities/board.html",
        actions=rows,
        count=count,
        page=page,
        pages=-(-count // PAGE_SIZE),
        given=given,
        filters={name: value for name, value in given.items() if value},
        teams=list(teams.values()),
        owners=list(owners.values()),
        recording=[team for team in teams.values() if may_record(team, viewer)][:10],
        may_change=lambda action: may_change(action, viewer),
        today=clock.today(),
    )


def _owners(form: NewActionForm, team: Team) -> None:
    people = [(m.public_id, m.official.name) for m in team.current_members]
    owners = [
        (OwnerKind.OFFICIAL.value, "チーム"),
        *people,
        (OwnerKind.MUNICIPALITY.value, "自治体"),
    ]
    form.owner.choices = [SelectChoice(*owner) for owner in owners]


def _members(team: Team) -> dict[str, int]:
    return {member.public_id: member.id for member in team.current_members}


@bp.route("/logs/<public_id>/action", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def new_action(public_id: str) -> str | Response | tuple[str, int]:
    """Set a next action without a log."""
    team, form = team_to_record(public_id), NewActionForm()
    del form.version
    _owners(form, team)
    back = url_for("teams.team", public_id=public_id)
    if form.validate_on_submit():
        with saved():
            form.once().location = back
            add_action(
                team,
                action_line(form.text.data, form.owner.data, form.due_on.data, _members(team)),
                by=need_viewer(),
            )
        flash("宿題を登録しました。", "success")
        return redirect(back, 303)
    page = render_template("activities/new_action.html", team=team, form=form, action=None)
    return (page, 422) if form.errors else page


@bp.route("/actions/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def edit_action(public_id: str) -> str | Response | tuple[str, int]:
    """Change what is to be done, by whom, by when."""
    viewer = need_viewer()
    found = find_action(public_id, viewer)
    if found is None or not may_record(found.team, viewer):
        abort(404)
    show_period(found.team.period)
    here = url_for("activities.action", public_id=public_id)
    values = {
        "text": found.text,
        "due_on": found.due_on,
        "owner": found.owner_member.public_id
        if found.owner_member
        else OwnerKind(found.owner_kind).value,
    }
    form = NewActionForm(data=values | {"version": found.version})
    del form.form_key
    _owners(form, found.team)
    if form.validate_on_submit():
        if form.is_stale(found):
            raise form.conflict(values, title=found.text, back=request.path)
        with saved():
            line = action_line(
                form.text.data, form.owner.data, form.due_on.data, _members(found.team)
            )
            revise_action(found, line, by=viewer)
        flash("宿題を変更しました。", "success")
        return redirect(here, 303)
    page = render_template("activities/new_action.html", team=found.team, form=form, action=found)
    return (page, 422) if form.errors else page


@bp.post("/actions/<public_id>/tick")
@needs(Permission.ACTION_UPDATE)
def tick(public_id: str) -> Response:
    """Say in one press that something is done, or that it is not."""
    viewer = need_viewer()
    found = find_action(public_id, viewer) or abort(404)
    if not TokenForm().validate_on_submit():
        abort(400)
    show_period(found.team.period)
    state = ActionState.OPEN if found.is_settled else ActionState.DONE
    if request.form.get("to") == state.value:  # pressed twice: it stands so already
        with saved():
            change_action(found, Progress(public_id, state), by=viewer)
        words = "完了にしました" if found.is_settled else "未着手に戻しました"
        flash(f"「{found.text}」を{words}。", "success")
    if request.form.get("back") == "board":
        return redirect(url_for("activities.board"), 303)
    return redirect(url_for("teams.team", public_id=found.team.public_id), 303)


@bp.route("/actions/<public_id>", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_VIEW)
def action(public_id: str) -> str | Response | tuple[str, int]:
    """One next action with its history; who is concerned says how it stands."""
    viewer = need_viewer()
    found = find_action(public_id, viewer) or abort(404)
    if request.method == "POST" and not viewer.may(Permission.ACTION_UPDATE):
        abort(404)
    show_period(found.team.period)
    back = url_for("teams.team", public_id=found.team.public_id)
    form = ActionForm(obj=found)
    if request.method == "GET":
        form.state.data = found.state.value
    if form.validate_on_submit():
        if form.is_stale(found):
            raise form.conflict(
                {"state": found.state.value, "reason": found.reason},
                title=found.text,
                back=request.path,
            )
        try:
            with saved():
                change_action(found, form.progress(public_id), by=viewer)
            flash("宿題の状態を更新しました。", "success")
            return redirect(back, 303)
        except Refused as refusal:
            if not may_change(found, viewer):
                raise
            form.reason.errors = [str(refusal)]
    page = render_template(
        "activities/action.html",
        action=found,
        form=form,
        may_change=may_change(found, viewer),
        may_edit=may_record(found.team, viewer),
    )
    return (page, 422) if form.errors else page
