"""What the own municipality wrote, on the page of its team, where it said so."""

from __future__ import annotations

from companion.core.access import Viewer
from companion.surveys.queries import shared_texts
from companion.teams.models import Team
from companion.teams.routes import Panel


def shared_texts_panel(team: Team, viewer: Viewer) -> Panel | None:
    """The piece of a team's page, only when there is something to read."""
    found = shared_texts(team, viewer)
    return Panel("surveys/_shared_texts.html", {"surveys": found}, is_last=True) if found else None
