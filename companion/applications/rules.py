"""How the lists of applications are sorted and filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from companion.applications.terms import RankClass

Row = TypeVar("Row")
RANKS = list(RankClass)  # from junior to senior

CHALLENGE_SORTS: dict[str, Callable[[Any], Any]] = {
    "code": lambda row: row.lg_code,
    "name": lambda row: (row.municipality.kana, row.lg_code),
    "population": lambda row: (row.population, row.lg_code),
    "field": lambda row: (row.main_field.position, row.lg_code),
    "applied": lambda row: (str(row.applied_on or ""), row.lg_code),
}
OFFICIAL_SORTS: dict[str, Callable[[Any], Any]] = {
    "name": lambda row: (row.kana, row.email),
    "ministry": lambda row: (row.ministry.position, row.email),
    "rank": lambda row: (RANKS.index(row.rank_class), row.email),
    "share": lambda row: (row.share_percent, row.email),
    "applied": lambda row: (str(row.applied_on or ""), row.email),
}
# name in the address -> does the row have this value
CHALLENGE_FILTERS: dict[str, Callable[[Any, str], bool]] = {
    "field": lambda row, value: any(field.field_code == value for field in row.fields),
    "prefecture": lambda row, value: row.municipality.prefecture_code == value,
    "limit": lambda row, value: (
        (row.population >= row.period.population_limit) == (value == "over")
    ),
}
OFFICIAL_FILTERS: dict[str, Callable[[Any, str], bool]] = {
    "ministry": lambda row, value: row.ministry_code == value,
    "rank": lambda row, value: row.rank_class.value == value,
    "field": lambda row, value: any(field.field_code == value for field in row.fields),
    "consent": lambda row, value: row.has_consent == (value == "yes"),
}


@dataclass(frozen=True)
class Listing:
    """Rows after filtering and sorting, what was asked for, and how many there are in all."""

    rows: list[Any]
    total: int
    sort: str
    chosen: dict[str, str]


def arrange(
    rows: Iterable[Row],
    asked: Mapping[str, str],
    sorts: Mapping[str, Callable[[Any], Any]],
    filters: Mapping[str, Callable[[Any, str], bool]],
) -> Listing:
    """Filter and sort by the known keys; anything else in the address is ignored."""
    everything = list(rows)
    chosen = {name: asked[name] for name in filters if asked.get(name)}
    kept = [row for row in everything if all(filters[k](row, v) for k, v in chosen.items())]
    sort = asked.get("sort", "")
    key = sort.removeprefix("-")
    if key in sorts:
        kept.sort(key=sorts[key], reverse=sort.startswith("-"))
    else:
        sort = ""
    return Listing(kept, len(everything), sort, chosen)
