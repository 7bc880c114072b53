"""Pages about meetings, visits and next actions, and what they add to the page of a team."""

from __future__ import annotations

from flask import Flask

from companion.activities.actions import importing
from companion.activities.queries.overview import last_contact
from companion.activities.routes import (  # noqa: F401 each adds its pages to the blueprint
    calendars,
    drafts,
    files,
    load,
    planning,
    polls,
    reading,
    recording,
    records,
    repeating,
    reviewing,
    tasks,
)
from companion.activities.routes.page import bp
from companion.activities.routes.reading import team_panel, timeline_panel
from companion.activities.sheets import activity_template
from companion.applications.routes import TEMPLATES
from companion.applications.terms import ImportKind
from companion.teams.routes import add_panel, set_last_contact

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages and the pieces of the team pages."""
    app.register_blueprint(bp)
    importing.init()
    TEMPLATES[ImportKind.ACTIVITIES.value] = activity_template
    add_panel(app, team_panel)
    add_panel(app, timeline_panel)
    set_last_contact(app, last_contact)
