"""Pages of what was handed out: one export with its passport, and its file again."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from companion.core import audit
from companion.core.access import Permission, need_viewer, needs, needs_fresh
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import show_period
from companion.reports.actions import check_taking, file_name, kept
from companion.reports.models import ReportExport
from companion.reports.packs import PACKS
from companion.reports.queries import find_export
from companion.reports.routes.page import as_file, bp


def _found(public_id: str) -> ReportExport:
    export = find_export(public_id)
    if export is None or not need_viewer().may(PACKS[export.pack].permission):
        abort(404)
    show_period(export.period)
    return export


@bp.get("/exports/<public_id>")
@needs(Permission.REPORT_EXPORT, reads=False)
def export(public_id: str) -> str:
    """One export: its passport, and the file to take along again."""
    found = _found(public_id)
    return render_template(
        "reports/export.html",
        export=found,
        pack=PACKS[found.pack],
        has_file=kept(found),
        form=Form(),
    )


@bp.get("/exports/<public_id>/file")
@needs(Permission.REPORT_EXPORT)
@needs_fresh
def export_file(public_id: str) -> Response:
    """The file of an export, as it was handed out."""
    found = _found(public_id)
    data = kept(found)
    if data is None:
        raise Refused(
            "このファイルは保管期間を過ぎています。帳票の画面からもう一度作ってください。"
        )
    audit.tell(**check_taking(found, need_viewer()))
    return as_file(data, found.file_type.media_type, file_name(found))
