"""Pages of matching: run it, watch it, work on drafts by hand, decide."""

from __future__ import annotations

from flask import Flask

import companion.matching.jobs  # noqa: F401 registers the work
from companion.matching.routes import comparing, deciding, drafts, handwork, running  # noqa: F401 the pages
from companion.matching.routes.page import bp


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
