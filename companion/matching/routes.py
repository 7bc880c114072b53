"""Pages of matching: run it, watch it, look at what came out, take it over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

import companion.matching.jobs  # noqa: F401 registers the work
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.jobs import Job, JobState, enqueue
from companion.matching.actions import adopt_run, is_outdated
from companion.matching.forms import ActForm, RunForm
from companion.matching.models import MatchRun
from companion.matching.queries import applicants_of, find_run, freeze, runs_of
from companion.matching.rules import Board, arrange
from companion.matching.score import PARTS
from companion.matching.solution import Status
from companion.periods.models import Period
from companion.periods.routes import current_period, show_period

bp = Blueprint("matching", __name__)
ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.route("/<int:year>/matching", methods=["GET", "POST"])
@needs(Permission.MATCH_VIEW)
def runs() -> str | Response | tuple[str, int]:
    """The runs of the period, and the form that starts one (coordinators)."""
    period, viewer = current_period(), need_viewer()
    form = RunForm(team_count=period.team_count)
    if request.method == "POST":
        if not viewer.may(Permission.MATCH_RUN):
            abort(404)
        if form.validate():
            return _start(period, form)
    frozen = freeze(period, team_count=period.team_count)
    page = render_template(
        "matching/runs.html",
        form=form,
        runs=runs_of(period, viewer),
        challenge_count=len(frozen.problem.challenges),
        official_count=len(frozen.problem.officials),
        consented_count=sum(row.consented for row in frozen.problem.officials),
        Status=Status,
        act=ActForm(),
    )
    return page, 422 if form.errors else 200


def _start(period: Period, form: RunForm) -> Response:
    viewer = need_viewer()
    with saved():
        key = form.once()
        job = enqueue(
            "match",
            f"{period.name} マッチング",
            {
                "period_id": period.id,
                "team_count": form.team_count.data,
                "time_limit": form.time_limit.data,
                "seed": form.seed.data,
                "by": asdict(viewer),
            },
            by=viewer,
        )
        key.location = url_for("matching.job", public_id=job.public_id)
        location = key.location
    return redirect(location, 303)


def _job(public_id: str) -> Job:
    return db.session.scalar(select(Job).where(Job.public_id == public_id)) or abort(404)


@bp.get("/jobs/<public_id>")
@needs(Permission.JOB_VIEW)
def job(public_id: str) -> str | Response:
    """How far a run is; leads to the result once it is there."""
    row = _job(public_id)
    if row.state is JobState.DONE and row.done_url:
        return redirect(row.done_url, 303)
    return render_template("matching/job.html", job=row, is_ended=row.state in ENDED, act=ActForm())


@bp.get("/jobs/<public_id>/state")
@needs(Permission.JOB_VIEW)
def job_state(public_id: str) -> dict[str, Any]:
    """The same for the progress script."""
    row = _job(public_id)
    return {
        "state": row.state.value,
        "percent": row.percent,
        "message": row.message or row.state.label,
        "done_url": row.done_url
        or (request.path.removesuffix("/state") if row.state in ENDED else None),
    }


@bp.post("/jobs/<public_id>/cancel")
@needs(Permission.MATCH_RUN)
def cancel(public_id: str) -> Response:
    """Stop a run; what it has found so far is kept."""
    row = _job(public_id)
    if not ActForm().validate_on_submit():
        abort(400)
    with saved():
        row.is_cancel_wanted = True
        if row.state is JobState.QUEUED:
            row.state = JobState.CANCELLED
    flash("中止を受け付けました。それまでの最良の案は残ります。", "info")
    return redirect(url_for("matching.job", public_id=public_id), 303)


@bp.get("/matching/<public_id>")
@needs(Permission.MATCH_VIEW)
def run(public_id: str) -> str:
    """One run: its proof, its teams with points by part, the officials, the spread."""
    row = find_run(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return render_template(
        "matching/run.html",
        run=row,
        board=_board(row, request.args.get("sort", "")),
        parts=PARTS,
        status=Status(row.status),
        is_outdated=is_outdated(row),
        act=ActForm(),
    )


def _board(row: MatchRun, sort: str) -> Board:
    challenges, officials = applicants_of(row)
    return arrange(row.teams, challenges, officials, sort=sort)


@bp.post("/matching/<public_id>/adopt")
@needs(Permission.MATCH_RUN)
def adopt(public_id: str) -> Response:
    """Form the teams of this run."""
    row = find_run(public_id, need_viewer()) or abort(404)
    if not ActForm().validate_on_submit():
        abort(400)
    try:
        with saved():
            teams = adopt_run(row, by=need_viewer())
            count, year = len(teams), row.period.fiscal_year
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("matching.run", public_id=public_id), 303)
    flash(f"{count}チームの案を作成しました。内容を確かめて公表してください。", "success")
    return redirect(url_for("teams.teams", year=year), 303)
