"""Pages for following respondents: the single invitation and the telephone list."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import show_period
from companion.surveys.following import decide_state, extend, may_become, note_call
from companion.surveys.forms import FollowForm, LinkForm
from companion.surveys.ladder import label_of
from companion.surveys.models import Invitation
from companion.surveys.queries import (
    find_invitation,
    invitations_of,
    reminded_times,
    reminders_of,
)
from companion.surveys.responding import responses
from companion.surveys.routes.page import bp
from companion.surveys.routes.watching import find_own_round
from companion.surveys.shares import response_rate
from companion.surveys.terms import ANSWERED, InvitationState, RoundState

END_OF_DAY = dt.time(18, 0)
NOT_CALLED = ANSWERED | {InvitationState.DECLINED}


@bp.route("/invitations/<public_id>", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE, reads=True)
def invitation(public_id: str) -> str | Response | tuple[str, int]:
    """One respondent: more time, a call, a decision about the state."""
    row = find_invitation(public_id) or abort(404)
    show_period(row.round.period)
    form = FollowForm()
    form.state.choices = [("", "変えない"), *((s.value, s.label) for s in may_become(row))]
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = url_for("surveys.invitation", public_id=public_id)
                if form.until.data:
                    extend(
                        row,
                        clock.at_jst(form.until.data, form.time.data or END_OF_DAY),
                        by=need_viewer(),
                    )
                if form.call_note.data:
                    note_call(row, form.call_note.data, by=need_viewer())
                if form.state.data:
                    decide_state(row, InvitationState(form.state.data), by=need_viewer())
            flash("記録しました。", "success")
            return redirect(url_for("surveys.invitation", public_id=public_id), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    shown = render_template(
        "surveys/invitation.html",
        row=row,
        form=form,
        link=LinkForm(),
        reminders=reminders_of(row),
        label_of=label_of,
        is_open=row.round.state is RoundState.OPEN,
    )
    return shown, 422 if form.errors else 200


@bp.get("/rounds/<public_id>/calls")
@needs(Permission.SURVEY_MANAGE, reads=True)
def calls(public_id: str) -> str:
    """Who has not answered, with the telephone numbers that are known."""
    row = find_own_round(public_id)
    times = reminded_times(row)
    waiting = [one for one in invitations_of(row) if one.state not in NOT_CALLED]
    first = [one for one in waiting if _is_to_call(one, times)]
    lists = [
        ("電話をお願いする方（催促が2回以上、または宛先が不明）", first),
        ("そのほかのまだ回答のない方", [one for one in waiting if one not in first]),
    ]
    return render_template("surveys/calls.html", row=row, lists=lists, times=times)


def _is_to_call(one: Invitation, times: dict[int, int]) -> bool:
    return times.get(one.id, 0) >= 2 or one.state is InvitationState.UNREACHABLE


@bp.get("/rounds/<public_id>/responses")
@needs(Permission.SURVEY_STATUS)
def board(public_id: str) -> str:
    """How answers come in: by day, region, field and channel against the target."""
    row = find_own_round(public_id)
    return render_template(
        "surveys/responses.html", row=row, found=responses(row), rate=response_rate
    )
