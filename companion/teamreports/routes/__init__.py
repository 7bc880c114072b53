"""Pages of the teams' reports, and their place on the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.activities.queries import may_record
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.forms import Form
from companion.teamreports.queries import due_days, reports_of
from companion.teamreports.routes import answering, reading, writing  # noqa: F401 each adds pages
from companion.teamreports.routes.page import bp
from companion.teams.models import Team
from companion.teams.routes import Panel, add_panel

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced or not viewer.may(Permission.TEAM_REPORT_VIEW):
        return None
    found = reports_of(team, viewer)
    writes = may_record(team, viewer)
    if not found and not writes:
        return None
    values = {
        "kinds": [(kind, found.get(kind), day) for kind, day in due_days(team.period).items()],
        "writes": writes,
        "act": Form(),
        "today": clock.today(),
    }
    return Panel("teamreports/_team_panel.html", values, is_last=True)
