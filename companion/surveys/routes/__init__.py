"""Pages of the surveys: answering on one side, making, opening and reading on the other."""

from __future__ import annotations

from flask import Flask

from companion.surveys.library import report_faults
from companion.surveys.routes import (  # noqa: F401 each adds its pages to the blueprint
    answering,
    beginning,
    crossing,
    disclosing,
    draftfiles,
    draftparts,
    drafts,
    exceling,
    following,
    handingin,
    opening,
    pasting,
    publishing,
    questions,
    reminding,
    respondent,
    results,
    sections,
    trying,
    versioning,
    watching,
)
from companion.surveys.routes.page import bp
from companion.surveys.routes.sharedtexts import shared_texts_panel
from companion.teams.routes import add_panel

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages, and say in the log which definitions cannot be used."""
    app.register_blueprint(bp)
    add_panel(app, shared_texts_panel)
    report_faults(app.logger)
