"""Where the reports stand, until when they are due, and one report to read, print and copy."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.queries import may_record
from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import current_period
from companion.teamreports import actions
from companion.teamreports.forms import CommentForm, DueForm
from companion.teamreports.models import TeamReport
from companion.teamreports.queries import TeamLine, due_days, report_lines
from companion.teamreports.routes.page import bp, found
from companion.teamreports.terms import ReportKind, ReportState, Section


@bp.get("/<int:year>/team-reports")
@needs(Permission.TEAM_REPORT_VIEW)
def team_reports() -> str:
    """Where the reports of each team stand, and until when they are due."""
    viewer, period = need_viewer(), current_period()
    lines, wanted = report_lines(period, viewer), request.args.get("state", "")
    shown = [
        line
        for line in lines
        if not wanted
        or wanted in {row.state.value for row in line.reports.values()}
        or (wanted == "none" and len(line.reports) < len(ReportKind))
    ]
    return render_template(
        "teamreports/team_reports.html",
        lines=shown,
        total=len(lines),
        counts={kind: _counts(lines, kind) for kind in ReportKind},
        due=due_days(period),
        states=[*((s.value, s.label) for s in ReportState), ("none", "未作成あり")],
        wanted=wanted,
        today=clock.today(),
    )


@bp.route("/<int:year>/team-reports/due", methods=["GET", "POST"])
@needs(Permission.TEAM_REPORT_DECIDE)
def due() -> str | Response | tuple[str, int]:
    """Until when the reports are to be handed in."""
    period = current_period()
    form = DueForm(data={kind.value: day for kind, day in due_days(period).items()})
    if form.validate_on_submit():
        days = {kind: form[kind.value].data for kind in ReportKind}
        try:
            with saved():
                actions.set_due_days(period, days, by=need_viewer())
            flash("期限を保存しました。", "success")
            return redirect(url_for("teamreports.team_reports"), 303)
        except Refused as refusal:
            form.final.errors = [str(refusal)]
    page = render_template("teamreports/due.html", form=form)
    return (page, 422) if form.errors else page


def _counts(lines: list[TeamLine], kind: ReportKind) -> dict[ReportState, int]:
    states = [line.reports[kind].state for line in lines if kind in line.reports]
    return {state: states.count(state) for state in ReportState}


@bp.get("/team-reports/<public_id>")
@needs(Permission.TEAM_REPORT_VIEW)
def team_report(public_id: str) -> str:
    """One report, to read, print and copy."""
    report = found(public_id)
    return page_of(report, CommentForm(formdata=None, data={"version": report.version}))


def page_of(report: TeamReport, form: CommentForm) -> str:
    """The page of a report with what the viewer can say to it."""
    viewer = need_viewer()
    writes = may_record(report.team, viewer)
    acts = []
    if report.state is ReportState.SUBMITTED and viewer.may(Permission.TEAM_REPORT_CONFIRM):
        acts = [("confirm", "内容を確認した", "primary"), ("return", "差し戻す", "secondary")]
    elif viewer.may(Permission.TEAM_REPORT_DECIDE):
        accept, back = ("accept", "受理する", "primary"), ("return", "差し戻す", "secondary")
        acts = {
            ReportState.CONFIRMED: [accept, back],
            ReportState.ACCEPTED: [back],
        }.get(report.state, [])
    return render_template(
        "teamreports/team_report.html",
        report=report,
        sections=list(Section),
        texts=report.texts,
        form=form,
        acts=acts,
        writes=writes and report.state.is_open,
        takes_back=writes and report.state is ReportState.SUBMITTED,
        act=Form(),
        due=due_days(report.team.period)[report.kind],
        plain=_plain(report),
    )


def _plain(report: TeamReport) -> str:
    """The report as plain text, for mail and other systems."""
    town = report.team.challenge.municipality.full_name
    head = f"{report.team.period.name} {town} {report.kind.label}"
    parts = [f"■{section.label}\n{text.strip()}" for section, text in report.texts.items()]
    return "\n\n".join([head, *parts])
