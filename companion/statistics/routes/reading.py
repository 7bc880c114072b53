"""The statistics, one of them by municipality, one municipality beside the medians."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES, PREFECTURES
from companion.places.queries import towns_named
from companion.statistics.models import Statistic
from companion.statistics.queries import (
    SORTS,
    figures_of,
    find_statistic,
    find_town,
    median_of,
    statistics_listed,
    values_of,
    years_of,
)
from companion.statistics.routes.page import as_file, bp
from companion.statistics.rules import decimals_of, shown
from companion.statistics.sheets import statistic_book, statistic_csv, town_book
from companion.statistics.terms import NATION, NO_CAUSE

PER_PAGE = 50
FOUND_TOWNS = 30


@bp.get("/statistics")
@needs(Permission.STATISTIC_VIEW)
def statistics() -> str:
    """Every statistic, and a way to each municipality."""
    viewer, words = need_viewer(), request.args.get("q", "").strip()[:40]
    return render_template(
        "statistics/statistics.html",
        rows=statistics_listed(),
        words=words,
        towns=towns_named(words, FOUND_TOWNS) if words else [],
        own=find_town(viewer.lg_code) if viewer.lg_code else None,
    )


@dataclass(frozen=True)
class Wanted:
    """What the address of a statistic asks for."""

    statistic: Statistic
    years: list[int]
    year: int
    prefecture_code: str
    sort: str

    @property
    def query(self) -> dict[str, str]:
        """The same as parts of an address."""
        return {"year": str(self.year), "prefecture": self.prefecture_code}


def _wanted(public_id: str) -> Wanted:
    statistic = find_statistic(public_id) or abort(404)
    years = years_of(statistic)
    if not years:
        abort(404)
    year = request.args.get("year", years[0], type=int)
    prefecture, sort = request.args.get("prefecture", ""), request.args.get("sort", "code")
    return Wanted(
        statistic,
        years,
        year if year in years else years[0],
        prefecture if prefecture in PREFECTURE_NAMES else "",
        sort if sort in SORTS else "code",
    )


@bp.get("/statistics/<public_id>")
@needs(Permission.STATISTIC_VIEW)
def statistic(public_id: str) -> str:
    """One statistic by municipality, fifty a page."""
    wanted = _wanted(public_id)
    whole = median_of(wanted.statistic, wanted.year, NATION)
    near = None
    if wanted.prefecture_code:
        near = median_of(wanted.statistic, wanted.year, wanted.prefecture_code)
    count = (near.n if near else 0) if wanted.prefecture_code else (whole.n if whole else 0)
    pages = -(-count // PER_PAGE) or 1
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = values_of(
        wanted.statistic,
        wanted.year,
        prefecture_code=wanted.prefecture_code,
        sort=wanted.sort,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    here = url_for("statistics.statistic", public_id=public_id, **wanted.query)  # type: ignore[arg-type]
    return render_template(
        "statistics/statistic.html",
        wanted=wanted,
        rows=rows,
        count=count,
        page=page,
        pages=pages,
        here=here,
        whole=whole,
        near=near,
        prefectures=[(row.code, row.name) for row in PREFECTURES],
        place=PREFECTURE_NAMES.get(wanted.prefecture_code, "全国"),
        shown=shown,
        places=decimals_of(value for _, value in rows),
        no_cause=NO_CAUSE,
    )


@bp.get("/statistics/<public_id>/workbook")
@needs(Permission.STATISTIC_VIEW)
def statistic_workbook(public_id: str) -> Response:
    """One statistic as Excel."""
    wanted = _wanted(public_id)
    code = wanted.prefecture_code
    rows = values_of(wanted.statistic, wanted.year, prefecture_code=code, sort=wanted.sort)
    made = clock.now()
    data = statistic_book(wanted.statistic, wanted.year, rows, prefecture_code=code, made=made)
    return as_file(data, f"{wanted.statistic.name}_{wanted.year}.xlsx")


@bp.get("/statistics/<public_id>/csv")
@needs(Permission.STATISTIC_VIEW)
def statistic_file(public_id: str) -> Response:
    """One statistic as CSV."""
    wanted = _wanted(public_id)
    code = wanted.prefecture_code
    rows = values_of(wanted.statistic, wanted.year, prefecture_code=code, sort=wanted.sort)
    data = statistic_csv(wanted.statistic, wanted.year, rows)
    return as_file(data, f"{wanted.statistic.name}_{wanted.year}.csv", "text/csv; charset=utf-8")


def _town(lg_code: str) -> Municipality:
    return find_town(lg_code) or abort(404)


@bp.get("/places/<lg_code>")
@needs(Permission.STATISTIC_VIEW)
def place(lg_code: str) -> str:
    """One municipality beside the medians of its prefecture and of the nation."""
    town = _town(lg_code)
    return render_template(
        "statistics/place.html", town=town, rows=figures_of(town), shown=shown, no_cause=NO_CAUSE
    )


@bp.get("/places/<lg_code>/workbook")
@needs(Permission.STATISTIC_VIEW)
def place_workbook(lg_code: str) -> Response:
    """The statistics of one municipality as Excel."""
    town = _town(lg_code)
    data = town_book(town, figures_of(town), made=clock.now())
    return as_file(data, f"統計指標_{town.full_name}.xlsx")
