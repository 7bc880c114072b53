"""Pages of the reports: looking at them, taking them along, the templates of the office."""

from __future__ import annotations

from flask import Flask

from companion.reports.routes import (  # noqa: F401 each adds its pages to the blueprint
    exporting,
    own_lists,
    publishing,
    showing,
    templating,
)
from companion.reports.routes.page import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
