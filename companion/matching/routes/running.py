"""Running the matcher: weights, the run, its progress, its result."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.jobs import Job, JobState
from companion.matching.actions import adopt_run, change_settings, is_outdated
from companion.matching.forms import ActForm, DraftForm, RunForm, SettingsForm, TakeForm
from companion.matching.models import MatchRun, MatchSettings
from companion.matching.queries import (
    decision_of,
    drafts_of,
    find_run,
    names_of,
    question_of,
    runs_of,
    sketch_of,
)
from companion.matching.queries.freezing import freeze, settings_of
from companion.matching.routes.page import bp, queue
from companion.matching.rules import SORTS, board_of, compare
from companion.matching.score import PARTS
from companion.matching.sketch import Sketch
from companion.matching.solution import Status
from companion.periods.models import Period
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES

ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
SHOWN_PARTS = {key: label for key, label in PARTS.items() if key not in {"given", "continuity"}}


@bp.route("/<int:year>/matching", methods=["GET", "POST"])
@needs(Permission.MATCH_VIEW)
def runs() -> str | Response | tuple[str, int]:
    """The runs and drafts of the period, and the form that starts a run (coordinators)."""
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
        drafts=drafts_of(period, viewer),
        decision=decision_of(period),
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
        key.location = location = queue(
            "match",
            f"{period.name} マッチング",
            {
                "period_id": period.id,
                "team_count": form.team_count.data,
                "time_limit": form.time_limit.data,
                "seed": form.seed.data,
            },
            by=viewer,
        )
    return redirect(location, 303)


@bp.route("/<int:year>/matching/weights", methods=["GET", "POST"])
@needs(Permission.MATCH_RUN)
def weights() -> str | Response | tuple[str, int]:
    """How points are given in this period, and its hard rules."""
    period = current_period()
    now, rules = settings_of(period, team_count=period.team_count)
    row = db.session.get(MatchSettings, period.id)
    version = row.version if row else 0
    form = SettingsForm(data=SettingsForm.shown(now, rules) | {"version": version})
    if form.validate_on_submit():
        if form.version.data != version:
            raise form.conflict(
                SettingsForm.shown(now, rules),
                title="重みと規則",
                back=url_for("matching.weights"),
            )
        try:
            with saved():
                change_settings(period, form.weights(), form.rules(), by=need_viewer())
            flash("重みと規則を保存しました。次の実行から使われます。", "success")
            return redirect(url_for("matching.weights"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("matching/weights.html", form=form, parts=SHOWN_PARTS)
    return (page, 422) if form.errors else page


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
    """One run: its proof, its teams with points by part, the spread; what it changes of a draft."""
    row = find_run(public_id, need_viewer()) or abort(404)
    return run_page(row, TakeForm())


def run_page(row: MatchRun, take: TakeForm) -> str:
    """The page of a run; `take` holds what was typed about taking it over."""
    show_period(row.period)
    problem, names = question_of(row), names_of(row)
    teams = {team["lg_code"]: tuple(team["officials"]) for team in row.teams}
    draft = row.variant.draft if row.variant else None
    standing = sketch_of(draft).teams if draft else {}
    return render_template(
        "matching/run.html",
        run=row,
        board=board_of(problem, Sketch(teams), names, sort=request.args.get("sort", "")),
        names=names,
        told={team["lg_code"]: team for team in row.teams},
        sorts=SORTS,
        parts=SHOWN_PARTS,
        problem=problem,
        status=Status(row.status),
        is_outdated=is_outdated(row),
        draft=draft,
        comparison=compare(problem, names, standing, teams) if draft and teams else None,
        is_current=row.variant is not None and row.variant.step == row.variant.draft.step,
        prefectures=PREFECTURE_NAMES,
        act=ActForm(),
        draft_form=DraftForm(),
        take=take,
    )


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
