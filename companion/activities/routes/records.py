"""A team's whole log: on one page to print, and as a workbook."""

from __future__ import annotations

import io

from flask import abort, render_template, send_file
from werkzeug.wrappers import Response

from companion.activities.models import Activity, NextAction
from companion.activities.queries import whole_log
from companion.activities.queries.tasks import all_actions
from companion.activities.routes.page import bp
from companion.activities.workbook import log_workbook
from companion.core import audit
from companion.core.access import Permission, Role, need_viewer, needs
from companion.core.db import saved
from companion.periods.routes import show_period
from companion.teams.models import Team
from companion.teams.queries import find_team, is_own

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _team(public_id: str) -> tuple[Team, list[Activity], list[NextAction]]:
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not is_own(team, viewer):
        abort(404)
    show_period(team.period)
    return team, whole_log(team, viewer), all_actions(team, viewer)


@bp.get("/records/<public_id>")
@needs(Permission.ACTIVITY_VIEW)
def record(public_id: str) -> str:
    """The whole log of a team on one page, for printing."""
    team, activities, actions = _team(public_id)
    return render_template(
        "activities/record.html", team=team, activities=activities, actions=actions
    )


@bp.post("/records/<public_id>/workbook")
@needs(Permission.ACTIVITY_EXPORT)
def workbook(public_id: str) -> Response:
    """The whole log of a team as a workbook."""
    viewer = need_viewer()
    team, activities, actions = _team(public_id)
    with_minutes = viewer.role is not Role.MUNICIPALITY
    data = log_workbook(team, activities, actions, with_minutes=with_minutes)
    with saved():
        audit.record("record.export", team.public_id, by=viewer, rows=len(activities))
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"活動記録_{team.challenge.municipality.name}.xlsx",
    )
