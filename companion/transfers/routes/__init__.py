"""Pages about changes during the year, and their place on the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.core.access import Permission, Viewer
from companion.teams.models import Team, TeamMember
from companion.teams.routes import Panel, add_panel
from companion.transfers.queries import find_member
from companion.transfers.routes import members, teams  # noqa: F401 each adds its pages
from companion.transfers.routes.page import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced or not viewer.may(Permission.HANDOVER_VIEW):
        return None
    if find_member_of(team, viewer) is None:
        return None
    return Panel("transfers/_team_panel.html", {}, is_last=True)


def find_member_of(team: Team, viewer: Viewer) -> TeamMember | None:
    """A member whose hand-over page the viewer reads, to know whether the links may be shown."""
    return find_member(team.members[0].public_id, viewer) if team.members else None
