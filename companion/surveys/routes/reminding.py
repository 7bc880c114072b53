"""Pages of the ladder of reminders: what goes to whom next, stopping, moving; a new link."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import show_period
from companion.surveys.forms import LinkForm, StepForm
from companion.surveys.inviting import renew_link
from companion.surveys.queries import definition_of, find_invitation
from companion.surveys.reminding import change_step, ladder_of, unanswered
from companion.surveys.routes.page import bp
from companion.surveys.routes.watching import find_own_round
from companion.surveys.terms import RoundState

SHOWN = 50
DONE = {"stop": "取りやめました。", "go": "予定どおり送ります。", "move": "日を変えました。"}


@bp.route("/rounds/<public_id>/reminders", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE, reads=True)
def reminders(public_id: str) -> str | Response | tuple[str, int]:
    """The steps with their days and numbers, and to whom the next one goes as things stand."""
    row, form = find_own_round(public_id), StepForm()
    if form.validate_on_submit():
        act = request.form.get("act", "")
        if act not in DONE:
            abort(400)
        try:
            if act == "move" and form.on.data is None:
                raise Refused("新しい日を入力してください。")
            with saved():
                change_step(
                    row,
                    form.rule.data or "",
                    moved_to=form.on.data if act == "move" else None,
                    is_stopped=act == "stop",
                    by=need_viewer(),
                )
            words = {
                "stop": "取りやめました。",
                "go": "予定どおり送ります。",
                "move": "日を変えました。",
            }
            flash(words[act], "success")
            return redirect(url_for("surveys.reminders", public_id=public_id), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    steps = ladder_of(row)
    waiting = unanswered(row) if row.state is RoundState.OPEN else []
    shown = render_template(
        "surveys/reminders.html",
        row=row,
        form=form,
        steps=steps,
        next=next((one for one in steps if not one.is_done and not one.change.is_stopped), None),
        waiting=waiting[:SHOWN],
        count=len(waiting),
        limits=definition_of(row).reminder_limits,
        is_open=row.state is RoundState.OPEN,
    )
    return shown, 422 if form.errors else 200


@bp.post("/invitations/<public_id>/link")
@needs(Permission.SURVEY_MANAGE)
def renew(public_id: str) -> Response:
    """End the link of a respondent and send another."""
    row, form = find_invitation(public_id) or abort(404), LinkForm()
    show_period(row.round.period)
    if not form.validate_on_submit():
        abort(400)
    here = url_for("surveys.invitation", public_id=public_id)
    try:
        with saved():
            form.once().location = here
            sent = renew_link(row, by=need_viewer())
        words = "新しいリンクを手紙で送ります。" if sent else "宛先がないため、手紙は送れません。"
        flash(f"リンクを作り直しました。前のリンクは使えません。{words}", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(here, 303)
