"""Writing a report: begun from the logs, typed, drafts kept, what is newly recorded added."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.activities.actions import drop_draft, save_draft
from companion.activities.queries import find_draft, may_record
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.core.html import jst
from companion.teamreports import actions
from companion.teamreports.forms import AddForm, ReportForm
from companion.teamreports.models import TeamReport
from companion.teamreports.queries import sources_of
from companion.teamreports.routes.page import bp, to_write
from companion.teamreports.rules import compose, differences
from companion.teamreports.terms import ReportKind, Section
from companion.teams.queries import find_team


@bp.post("/logs/<public_id>/reports")
@needs(Permission.TEAM_REPORT_WRITE)
def begin(public_id: str) -> Response:
    """Draft a report from the logs."""
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not may_record(team, viewer):
        abort(404)
    kind = next((k for k in ReportKind if k.value == request.form.get("kind")), None)
    if kind is None or not Form().validate_on_submit():
        abort(400)
    try:
        with saved():
            report = actions.begin_report(team, kind, by=viewer)
            location = url_for("teamreports.edit", public_id=report.public_id)
        flash(f"記録から{kind.label}の下書きを作りました。直してから提出してください。", "success")
        return redirect(location, 303)
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("teams.team", public_id=public_id), 303)


def _about(report: TeamReport) -> str:
    return f"report:{report.kind.value}"


@bp.route("/team-reports/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.TEAM_REPORT_WRITE)
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Write the report."""
    viewer, report = need_viewer(), to_write(public_id)
    here = url_for("teamreports.team_report", public_id=public_id)
    stored = {section.value: text for section, text in report.texts.items()}
    draft = find_draft(viewer.user_id, report.team, _about(report))
    if request.method != "POST" and not report.state.is_open:
        flash(f"「{report.state.label}」の報告は直せません。", "warning")
        return redirect(here, 303)
    if request.method == "POST":
        form, draft = ReportForm(), None
    elif draft is not None:
        form = ReportForm(formdata=MultiDict([(name, value) for name, value in draft.typed]))
        form.version.data = form.version.data or report.version
    else:
        form = ReportForm(formdata=None, data=stored | {"version": report.version})
    if form.validate_on_submit():
        if form.is_stale(report):
            raise form.conflict(
                stored,
                title=report.kind.label,
                back=url_for("teamreports.edit", public_id=public_id),
                more=[("状態", report.state.label, "")],
            )
        try:
            with saved():
                actions.write_report(report, form.texts, by=viewer)
                drop_draft(viewer.user_id, report.team, _about(report))
            flash("報告を保存しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            report = to_write(public_id)
            form.form_errors.append(str(refusal))
    page = render_template(
        "teamreports/edit.html", report=report, form=form, draft=draft, discard=Form()
    )
    return (page, 422) if form.errors else page


@bp.post("/team-reports/<public_id>/draft")
@needs(Permission.TEAM_REPORT_WRITE)
def autosave(public_id: str) -> Response:
    """Keep what is being typed; answers with the moment as JSON."""
    report = to_write(public_id)
    known = {section.value for section in Section} | {"version"}
    typed = [[name, value] for name, value in request.form.items() if name in known]
    with saved():
        draft = save_draft(need_viewer().user_id, report.team, _about(report), typed)
        at = jst(draft.saved_at, "time")
    return jsonify(message=f"{at}に下書きを保存しました。")


@bp.post("/team-reports/<public_id>/draft/discard")
@needs(Permission.TEAM_REPORT_WRITE)
def discard(public_id: str) -> Response:
    """Throw one's own unsent text away."""
    report = to_write(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved():
        drop_draft(need_viewer().user_id, report.team, _about(report))
    flash("下書きを破棄しました。", "success")
    return redirect(url_for("teamreports.edit", public_id=public_id), 303)


@bp.route("/team-reports/<public_id>/from-logs", methods=["GET", "POST"])
@needs(Permission.TEAM_REPORT_WRITE)
def from_logs(public_id: str) -> str | Response | tuple[str, int]:
    """What has been recorded since: shown beside the text, added only where somebody says so."""
    report = to_write(public_id)
    fresh = compose(sources_of(report.team))
    rows = differences(report.texts, report.drawn_texts, fresh)
    form = AddForm()
    # Any section may come back, even one to which somebody has just added everything.
    offered = Section if form.is_submitted() else [row.section for row in rows if row.new]
    form.sections.choices = [SelectChoice(section.value, section.label) for section in offered]
    if form.validate_on_submit():
        here = url_for("teamreports.edit", public_id=public_id)
        try:
            with saved():
                chosen = {Section(value) for value in form.sections.data or ()}
                count = actions.add_from_logs(report, chosen, by=need_viewer())
            flash(f"記録から{count}行を加えました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            report = to_write(public_id)
            form.form_errors.append(str(refusal))
    page = render_template("teamreports/from_logs.html", report=report, rows=rows, form=form)
    return (page, 422) if form.errors else page
