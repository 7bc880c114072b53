"""Pages of published survey results: for every role, and where a coordinator publishes them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh_to_send
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period, show_period
from companion.reports.forms import PublishResultsForm
from companion.reports.packs.published import published as published_of
from companion.reports.routes.page import bp
from companion.reports.routes.showing import cell_words
from companion.surveys.actions import publish_results as publish
from companion.surveys.actions import take_back_results as take_back
from companion.surveys.models import SurveyRound
from companion.surveys.queries import find_published, find_round, published_rounds
from companion.surveys.shares import format_count, format_percent


@bp.get("/<int:year>/survey-results")
@needs(Permission.SURVEY_PUBLISHED)
def published_results() -> str:
    """Which surveys of the year have published results."""
    return render_template(
        "reports/published_results.html", rows=published_rounds(current_period(), need_viewer())
    )


@bp.get("/survey-results/<public_id>")
@needs(Permission.SURVEY_PUBLISHED)
def published_result(public_id: str) -> str:
    """The tables of one survey in the public edition, once they are published."""
    row = find_published(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return render_template("reports/published_result.html", row=row, **_shown(row))


def _shown(row: SurveyRound) -> dict[str, Any]:
    words = {"cell": cell_words, "percent": format_percent, "count": format_count}
    return {"found": published_of(row), "words": words}


def _round(public_id: str) -> SurveyRound:
    """A round, for those who follow surveys; else 404."""
    row = find_round(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


@bp.route("/rounds/<public_id>/publish-results", methods=["GET", "POST"])
@needs(Permission.SURVEY_RESULTS)
@needs_fresh_to_send
def publish_results(public_id: str) -> str | Response:
    """What everybody will read, exactly so; sending the form publishes it."""
    row, form = _round(public_id), PublishResultsForm()
    here = url_for("reports.publish_results", public_id=public_id)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                publish(row, by=need_viewer())
            flash("結果を公表しました。どの役割の方も「アンケート結果」で見られます。", "success")
        except Refused as refusal:
            flash(str(refusal), "error")
        return redirect(here, 303)
    if row.closed_at is None:
        return render_template("surveys/not_yet.html", row=row)
    return render_template("reports/publish_results.html", row=row, form=form, **_shown(row))


@bp.post("/rounds/<public_id>/take-back-results")
@needs(Permission.SURVEY_RESULTS)
def take_back_results(public_id: str) -> Response:
    """Take the publication back: from the next request on nobody finds the page."""
    row, form = _round(public_id), PublishResultsForm()
    if not form.validate_on_submit():
        abort(400)
    here = url_for("reports.publish_results", public_id=public_id)
    try:
        with saved():
            form.once().location = here
            take_back(row, by=need_viewer())
        flash("公表を取り消しました。必要なら、また公表できます。", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(here, 303)
