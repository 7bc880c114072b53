"""Pages of the good cases, and their place on the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.activities.queries import may_record
from companion.cases.queries import cases_of
from companion.cases.routes import answering, reading, writing  # noqa: F401 each adds pages
from companion.cases.routes.page import bp
from companion.core.access import Permission, Viewer
from companion.teams.models import Team
from companion.teams.routes import Panel, add_panel

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced or not viewer.may(Permission.CASE_VIEW):
        return None
    rows, writes = cases_of(team.period, viewer, team=team), may_record(team, viewer)
    if not rows and not writes:
        return None
    return Panel("cases/_team_panel.html", {"rows": rows, "writes": writes}, is_last=True)
