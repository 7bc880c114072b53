"""The period of every address: `/<year>/…` names it, anything else means the newest one."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, g, request

from companion.core.access import viewer
from companion.periods.models import Period
from companion.periods.queries import all_periods, find_period


def current_period() -> Period:
    """The period of this page; 404 when no period has been opened yet."""
    period = g.get("period")
    if period is None:
        everything = all_periods()
        if not everything:
            abort(404)
        period = g.period = everything[0]
    return period


def show_period(period: Period) -> None:
    """Say which period the thing on this page belongs to (pages without a year in the address)."""
    g.period = period


def init_app(app: Flask) -> None:
    """Read the year from the address, put it back into links, and tell templates."""

    @app.url_value_preprocessor
    def _take(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "year" in values:
            g.year = values.pop("year")

    @app.before_request
    def _find() -> None:
        if "year" in g and viewer() is not None:
            g.period = find_period(g.year)
            if g.period is None:
                abort(404)

    @app.url_defaults
    def _give(endpoint: str, values: dict[str, Any]) -> None:
        if "year" not in values and app.url_map.is_endpoint_expecting(endpoint, "year"):
            period = None if g.get("is_failure") else g.get("period")
            values["year"] = period.fiscal_year if period else current_period().fiscal_year

    @app.context_processor
    def _tell() -> dict[str, Any]:
        if viewer() is None or request.endpoint is None or g.get("is_failure"):
            return {"current_period": None, "periods": []}
        periods = all_periods()
        chosen = g.get("period") or (periods[0] if periods else None)
        return {"current_period": chosen, "periods": periods}
