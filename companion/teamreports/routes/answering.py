"""Handing a report in, and what municipality and secretariat say to it."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.teamreports import actions
from companion.teamreports.forms import CommentForm
from companion.teamreports.routes.page import bp, found, to_write
from companion.teamreports.routes.reading import page_of
from companion.teamreports.terms import ReportState

Answer = str | Response | tuple[str, int]


@bp.post("/team-reports/<public_id>/hand-in")
@needs(Permission.TEAM_REPORT_WRITE)
def hand_in(public_id: str) -> Response:
    """Hand the report in, or take it back."""
    report = to_write(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        if "back" in request.form:
            actions.take_back(report, by=need_viewer())
            tell("報告を取り下げました。続きを書けます。")
        else:
            actions.hand_in(report, by=need_viewer())
            tell("提出しました。自治体の確認のあと、運営が受理します。")
    return redirect(url_for("teamreports.team_report", public_id=public_id), 303)


def _answer(public_id: str, *, own: str, waiting: set[ReportState]) -> Answer:
    """What one side says: go on (`own`), or give it back with what is to be put right."""
    report, form, act = found(public_id), CommentForm(), request.form.get("act", "")
    if act not in {own, "return"}:
        abort(400)
    viewer, here = need_viewer(), url_for("teamreports.team_report", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(report):
            raise form.conflict(
                {"comment": report.changes[-1].comment},
                title=report.kind.label,
                back=here,
                more=[("状態", report.state.label, "")],
            )
        comment = form.comment.data or ""
        try:
            with saved():
                if act == "return":
                    actions.return_report(report, comment, waiting=waiting, by=viewer)
                elif act == "confirm":
                    actions.confirm_report(report, comment, by=viewer)
                else:
                    actions.accept_report(report, comment, by=viewer)
            flash(f"「{report.state.label}」にしました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            report = found(public_id)
            form.comment.errors = [str(refusal)]
    return page_of(report, form), 422


@bp.post("/team-reports/<public_id>/confirm")
@needs(Permission.TEAM_REPORT_CONFIRM)
def confirm(public_id: str) -> Answer:
    """The municipality confirms the report or gives it back."""
    return _answer(public_id, own="confirm", waiting={ReportState.SUBMITTED})


@bp.post("/team-reports/<public_id>/decide")
@needs(Permission.TEAM_REPORT_DECIDE)
def decide(public_id: str) -> Answer:
    """The secretariat accepts the report or gives it back."""
    waiting = {ReportState.CONFIRMED, ReportState.ACCEPTED}
    return _answer(public_id, own="accept", waiting=waiting)
