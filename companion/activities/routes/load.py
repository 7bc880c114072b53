"""Load: minutes per official and month against the share agreed; counts only for a ministry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from companion.activities.load import LoadLevel, share_tenths
from companion.activities.queries.load import (
    FEWEST_PEOPLE,
    SMALL,
    OfficialLoad,
    ministry_loads,
    official_loads,
)
from companion.activities.queries.results import months_of
from companion.activities.routes.page import PAGE_SIZE, bp, page_number
from companion.activities.rules import hours_tenths
from companion.core.access import Permission, Scope, need_viewer, needs
from companion.periods.routes import current_period

STRAINS = (LoadLevel.OVER, LoadLevel.UNDER)


def _arranged(rows: list[OfficialLoad], sort: str) -> list[OfficialLoad]:
    keys: dict[str, Callable[[OfficialLoad], Any]] = {
        "team": lambda row: (row.member.team.number, row.member.position),
        "name": lambda row: row.official.kana or row.official.name,
        "ministry": lambda row: row.official.ministry.position,
        "minutes": lambda row: row.minutes,
    }
    by = keys.get(sort.removeprefix("-"), keys["team"])
    return sorted(rows, key=by, reverse=sort.startswith("-"))


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
    everybody = official_loads(period, viewer)
    only, sort = request.args.get("strain", ""), request.args.get("sort", "team")
    rows = [row for row in everybody if only not in STRAINS or row.strain == only]
    pages = -(-len(rows) // PAGE_SIZE) or 1
    page = min(page_number(), pages)
    return render_template(
        "activities/load.html",
        rows=_arranged(rows, sort)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        pages=pages,
        counts={level: sum(row.strain is level for row in everybody) for level in STRAINS},
        people=len(everybody),
        months=months_of(period),
        is_own=scope is Scope.OWN,
        strains=STRAINS,
        only=only,
        sort=sort,
        hours=hours_tenths,
        share=share_tenths,
    )
