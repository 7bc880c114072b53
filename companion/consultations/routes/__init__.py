"""Pages of the 相談カルテ, and their place on the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.consultations.queries import consultations_of
from companion.consultations.routes import (  # noqa: F401 each adds its pages to the blueprint
    handling,
    reading,
    writing,
)
from companion.consultations.routes.page import bp
from companion.core.access import Permission, Viewer
from companion.teams.models import Team
from companion.teams.routes import Panel, add_panel

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced or not viewer.may(Permission.CONSULTATION_VIEW):
        return None
    rows, _ = consultations_of(team.period, viewer, lg_code=team.challenge.lg_code, limit=10)
    if not rows:
        return None
    return Panel("consultations/_team_panel.html", {"rows": rows}, is_last=True)
