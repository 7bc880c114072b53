"""Who leaves, who comes instead and why, and what is handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.applications.models import Official
from companion.core import clock
from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.core.db import db, saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.matching.score import PARTS
from companion.periods.routes import current_period, show_period
from companion.teams.actions import end_appointment, take_back_end
from companion.teams.models import Team, TeamMember
from companion.teams.terms import EndKind
from companion.transfers.actions import replace_member
from companion.transfers.forms import AppointForm, EndForm
from companion.transfers.queries import (
    find_member,
    hand_over,
    may_hand_over,
    proposals_for,
    reserves_of,
)
from companion.transfers.routes.page import bp

SHOWN = 20


@dataclass(frozen=True)
class Matter:
    """Something open in a team that higher parts know of: what, how it stands, its page."""

    label: str
    what: str
    detail: str
    url: str


def add_matters(app: Flask, source: Callable[[Team, Viewer], list[Matter]]) -> None:
    """Let a higher part tell what else is open in a team that is handed over."""
    app.extensions.setdefault("open_matters", []).append(source)


@bp.get("/<int:year>/reserves")
@needs(Permission.TEAM_CHANGE_VIEW)
def reserves() -> str:
    """Who was not placed and could still come."""
    return render_template(
        "transfers/reserves.html", rows=reserves_of(current_period(), need_viewer())
    )


def _member(public_id: str) -> TeamMember:
    member = find_member(public_id, need_viewer()) or abort(404)
    show_period(member.team.period)
    return member


@bp.route("/members/<public_id>/end", methods=["GET", "POST"])
@needs(Permission.TEAM_CHANGE)
def end(public_id: str) -> str | Response | tuple[str, int]:
    """Say until when a member serves."""
    member, form = _member(public_id), EndForm()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                end_appointment(
                    member,
                    form.last_day.data,
                    EndKind(form.kind.data),
                    form.note.data or "",
                    by=need_viewer(),
                )
                key.location = url_for("transfers.replacements", public_id=public_id)
            flash("終了日を登録しました。続けて後任を選べます。", "success")
            return redirect(url_for("transfers.replacements", public_id=public_id), 303)
        except Refused as refusal:
            member = _member(public_id)
            form.last_day.errors = [str(refusal)]
    page = render_template("transfers/end.html", member=member, form=form)
    return (page, 422) if form.errors else page


@bp.post("/members/<public_id>/stay")
@needs(Permission.TEAM_CHANGE)
def stay(public_id: str) -> Response:
    """Take the end of an appointment back."""
    member = _member(public_id)
    if not Form().validate_on_submit():
        abort(400)
    team_id = member.team.public_id
    with saved_telling() as tell:
        take_back_end(member, by=need_viewer())
        tell("終了日を取り消しました。")
    return redirect(url_for("transfers.changes", public_id=team_id), 303)


@bp.get("/members/<public_id>/replacements")
@needs(Permission.TEAM_CHANGE_VIEW)
def replacements(public_id: str) -> str:
    """Who could come instead, by the same points as the match."""
    member = _member(public_id)
    form = AppointForm(first_day=member.ended_on or clock.today())
    return _replacements_page(member, form)


def _replacements_page(member: TeamMember, form: AppointForm, chosen: str = "") -> str:
    found = proposals_for(member, need_viewer())
    return render_template(
        "transfers/replacements.html",
        member=member,
        found=found,
        shown=found.candidates[:SHOWN],
        form=form,
        chosen=chosen,
        parts={key: label for key, label in PARTS.items() if key != "given"},
    )


@bp.post("/members/<public_id>/replacements")
@needs(Permission.TEAM_CHANGE)
def replace(public_id: str) -> str | Response | tuple[str, int]:
    """Let somebody come instead."""
    member, form = _member(public_id), AppointForm()
    chosen = request.form.get("official", "")
    official = db.session.scalar(
        select(Official).where(
            Official.public_id == chosen, Official.period_id == member.team.period_id
        )
    )
    if official is None:
        form.form_errors.append("後任にする人を選んでください。")
    elif form.validate_on_submit():
        team_id = member.team.public_id
        try:
            with saved():
                key = form.once()
                replace_member(
                    member,
                    official,
                    form.first_day.data,
                    form.reason.data or "",
                    by=need_viewer(),
                )
                key.location = url_for("transfers.changes", public_id=team_id)
            flash(f"{official.name}さんを後任にしました。", "success")
            return redirect(url_for("transfers.changes", public_id=team_id), 303)
        except Refused as refusal:
            member = _member(public_id)
            form.form_errors.append(str(refusal))
    return _replacements_page(member, form, chosen), 422


@bp.get("/members/<public_id>/handover")
@needs(Permission.HANDOVER_VIEW)
def handover(public_id: str) -> str:
    """Everything open, promised and decided, to print and hand over."""
    member = _member(public_id)
    viewer = need_viewer()
    if not may_hand_over(member, viewer):
        abort(404)
    sources = current_app.extensions.get("open_matters", ())
    return render_template(
        "transfers/handover.html",
        paper=hand_over(member),
        member=member,
        matters=[row for source in sources for row in source(member.team, viewer)],
    )
