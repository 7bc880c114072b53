"""Load: minutes per official and month against the share agreed; counts only for a ministry."""

from __future__ import annotations

from flask import render_template, request

from companion.activities.load import LoadLevel, share_tenths
from companion.activities.queries.load import (
    FEWEST_PEOPLE,
    SMALL,
    ministry_loads,
    official_loads,
)
from companion.activities.queries.results import months_of
from companion.activities.queries.strain import LoadPage, page_of_loads
from companion.activities.routes.page import PAGE_SIZE, bp, page_number
from companion.activities.rules import hours_tenths
from companion.core.access import Permission, Scope, need_viewer, needs
from companion.periods.routes import current_period

STRAINS = (LoadLevel.OVER, LoadLevel.UNDER)


@bp.get("/<int:year>/load")
@needs(Permission.LOAD_VIEW)
def load() -> str:
    """The time of the officials: the own one, everybody's, or a ministry's counts."""
    viewer, period = need_viewer(), current_period()
    scope = viewer.grant(Permission.LOAD_VIEW).scope
    if scope is Scope.COUNT:
        people, months = ministry_loads(period, viewer.ministry_code)
        return render_template(
            "activities/ministry_load.html",
            people=people,
            months=months,
            fewest=FEWEST_PEOPLE,
            small=SMALL,
            hours=hours_tenths,
        )
    only, sort = request.args.get("strain", ""), request.args.get("sort", "team")
    if scope is Scope.OWN:
        own = official_loads(period, viewer)
        shown = LoadPage(own, len(own), len(own), {})
    else:
        level = next((one for one in STRAINS if one.value == only), None)
        shown = page_of_loads(
            period, viewer, sort=sort, level=level, page=page_number(), size=PAGE_SIZE
        )
    pages = -(-shown.count // PAGE_SIZE) or 1
    return render_template(
        "activities/load.html",
        rows=shown.rows,
        page=min(page_number(), pages),
        pages=pages,
        counts={level: shown.strained.get(level, 0) for level in STRAINS},
        people=shown.people,
        months=months_of(period),
        is_own=scope is Scope.OWN,
        strains=STRAINS,
        only=only,
        sort=sort,
        hours=hours_tenths,
        share=share_tenths,
    )
