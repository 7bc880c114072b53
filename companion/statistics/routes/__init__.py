"""Pages of the statistics, and their place on the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.core.access import Permission, Viewer
from companion.statistics.routes import reading, taking  # noqa: F401 each adds its pages
from companion.statistics.routes.page import bp
from companion.teams.models import Team
from companion.teams.routes import Panel, add_panel

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not viewer.may(Permission.STATISTIC_VIEW):
        return None
    return Panel("statistics/_team_panel.html", {}, is_last=True)
