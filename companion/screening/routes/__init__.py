"""Pages of the screening."""

from __future__ import annotations

from flask import Flask

from companion.screening.routes import (  # noqa: F401 the pages
    challenges,
    officials,
    opinions,
    period,
)
from companion.screening.routes.page import bp


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
