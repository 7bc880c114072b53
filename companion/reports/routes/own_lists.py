"""What a prefecture and a ministry take along as a workbook."""

from __future__ import annotations

import hashlib

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from companion.core import audit, clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Form
from companion.periods.routes import current_period
from companion.reports.actions import MOST_PEOPLE
from companion.reports.own_lists import own_list
from companion.reports.routes.page import as_file, bp
from companion.reports.terms import FileType


@bp.post("/<int:year>/teams/workbook")
@needs(Permission.ROSTER_EXPORT)
def own_workbook() -> Response:
    """The own municipalities (without contacts) or the own officials.

    More contacts than MOST_PEOPLE leave the house only as two coordinators decide.
    """
    viewer, period = need_viewer(), current_period()
    if not Form().validate_on_submit():
        abort(400)
    made = own_list(period, viewer)
    if made.people > MOST_PEOPLE:
        flash(
            f"{MOST_PEOPLE}人を超える連絡先（{made.people}人）は、コーディネーター2人の承認が"
            "必要です。理由を添えてコーディネーターに出力を依頼してください。",
            "error",
        )
        return redirect(url_for("teams.teams"), 303)
    data = made.workbook(period, clock.now())
    with saved():
        audit.record(
            "roster.export",
            made.title,
            by=viewer,
            period=period.name,
            rows=len(made.rows),
            people=made.people,
            sha256=hashlib.sha256(data).hexdigest(),
        )
        name = f"{made.title}_{period.name}.xlsx"
    return as_file(data, FileType.XLSX.media_type, name)
