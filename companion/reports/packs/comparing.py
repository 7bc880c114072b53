"""Figures of two periods beside each other: only what says the same, and the difference as read."""

from __future__ import annotations

from fractions import Fraction

from companion.core.errors import Refused
from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.reports.figures import SurveyFigures
from companion.reports.tables import Cell
from companion.surveys.shares import MEAN_NEEDS, share_tenths
from companion.surveys.tables import Table

DIFFERENCE_NOTE = (
    "差は、表に示した（四捨五入した）値どうしの差。割合の差の単位はポイント（％ではない）。"
)


def period_before(period: Period) -> Period | None:
    """The latest period before this one."""
    earlier = [one for one in all_periods() if one.fiscal_year < period.fiscal_year]
    return max(earlier, key=lambda one: one.fiscal_year, default=None)


def comparable(one: SurveyFigures | None, name: str, with_: SurveyFigures) -> Table | None:
    """The table of a question where it says the same as in the other survey, else None.

    The same name, type, words and choices: otherwise figures of two periods say different things.
    """
    if one is None:
        return None
    try:
        here, there = one.defn.question(name), with_.defn.question(name)
    except (KeyError, Refused):
        return None
    mine, theirs = one.tables.get(name), with_.tables.get(name)
    if mine is None or theirs is None or here.type != there.type:
        return None
    is_same = [(r.code, r.label) for r in mine.rows] == [(r.code, r.label) for r in theirs.rows]
    return mine if is_same else None


def share_of(table: Table | None, code: str) -> Cell:
    """The exact share of a choice; 「x」 where it is hidden, 「…」 where there is none."""
    if table is None:
        return "…"
    if table.hidden or table.n < MEAN_NEEDS:
        return "x" if table.n or table.hidden else "…"
    row = next(row for row in table.rows if row.code == code)
    return row.flag or Fraction(row.count, table.n)


def share_difference(before: Cell, now: Cell) -> Cell:
    """Points between two shares as they are printed; a symbol where one of them is one."""
    if isinstance(before, Fraction) and isinstance(now, Fraction):
        return Fraction(_tenths(now) - _tenths(before), 10)
    return "x" if "x" in (before, now) else "…"


def _tenths(share: Fraction) -> int:
    return share_tenths(share.numerator, share.denominator)
