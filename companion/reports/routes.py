"""Pages of the reports: what can be printed, and the download."""

from __future__ import annotations

import hashlib
import io

from flask import Blueprint, Flask, abort, render_template, send_file
from werkzeug.wrappers import Response

from companion.core import audit
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Form
from companion.periods.routes import current_period
from companion.reports.queries import satisfaction_figures
from companion.reports.satisfaction import NAMES, satisfaction_workbook

bp = Blueprint("reports", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/<int:year>/reports")
@needs(Permission.REPORT_VIEW)
def reports() -> str:
    """What the workbook would hold now, and the button that makes it."""
    figures = satisfaction_figures(current_period())
    return render_template("reports/reports.html", figures=figures, names=NAMES, form=Form())


@bp.post("/<int:year>/reports/satisfaction")
@needs(Permission.REPORT_EXPORT)
def satisfaction() -> Response:
    """The satisfaction workbook as a download; a POST, because every export leaves a line."""
    if not Form().validate_on_submit():
        abort(400)
    period = current_period()
    with saved():
        data = satisfaction_workbook(period)
        digest = hashlib.sha256(data).hexdigest()
        audit.record("report.export", "satisfaction", by=need_viewer(), sha256=digest)
        name = f"満足度集計_{period.name}.xlsx"
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
