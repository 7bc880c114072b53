"""Taking in a list: the file, the preview, taking it in or not."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.periods.routes import current_period, show_period
from companion.places.queries import all_municipalities
from companion.statistics import jobs  # noqa: F401 the work is known by being imported
from companion.statistics.actions import begin_taking, discard_upload, stage_upload
from companion.statistics.forms import ActForm, UploadForm
from companion.statistics.models import StatisticUpload
from companion.statistics.queries import find_upload, uploads_of
from companion.statistics.routes.page import as_file, bp
from companion.statistics.sheets import blank_list


@bp.route("/<int:year>/statistics/import", methods=["GET", "POST"])
@needs(Permission.STATISTIC_IMPORT)
def take_in() -> str | Response | tuple[str, int]:
    """Choose a workbook; what was taken in before."""
    period, form = current_period(), UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            with saved():
                _, job = stage_upload(
                    sent.read(), sent.filename or "", period=period, by=need_viewer()
                )
                location = url_for("matching.job", public_id=job.public_id)
            return redirect(location, 303)
        except InvalidWorkbook as fault:
            form.file.errors = [str(fault)]
    page = render_template("statistics/take_in.html", form=form, uploads=uploads_of(period))
    return (page, 422) if form.errors else page


@bp.get("/<int:year>/statistics/template")
@needs(Permission.STATISTIC_IMPORT)
def template() -> Response:
    """The empty list with a row for every municipality."""
    return as_file(blank_list(all_municipalities()), "統計指標_様式.xlsx")


def _found(public_id: str) -> StatisticUpload:
    row = find_upload(public_id) or abort(404)
    show_period(row.period)
    return row


@bp.get("/statistic-uploads/<public_id>")
@needs(Permission.STATISTIC_IMPORT)
def upload(public_id: str) -> str:
    """What a workbook would change, or has changed."""
    return render_template("statistics/upload.html", row=_found(public_id), form=ActForm())


@bp.post("/statistic-uploads/<public_id>/take")
@needs(Permission.STATISTIC_IMPORT)
def take(public_id: str) -> Response:
    """Take it in as the preview showed it."""
    row, form = _found(public_id), ActForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        with saved():
            key = form.once()
            job = begin_taking(row, by=need_viewer())
            key.location = url_for("matching.job", public_id=job.public_id)
            location = key.location
        return redirect(location, 303)
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("statistics.upload", public_id=public_id), 303)


@bp.post("/statistic-uploads/<public_id>/discard")
@needs(Permission.STATISTIC_IMPORT)
def discard(public_id: str) -> Response:
    """Forget it."""
    row = _found(public_id)
    year = row.period.fiscal_year
    if not ActForm().validate_on_submit():
        abort(400)
    try:
        with saved():
            discard_upload(row, by=need_viewer())
        flash("取込を取りやめました。何も保存していません。", "info")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("statistics.take_in", year=year), 303)
