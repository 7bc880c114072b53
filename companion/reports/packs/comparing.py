"""Figures of two periods beside each other: only what says the same, and the difference as read."""

from __future__ import annotations

from fractions import Fraction

from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.reports.figures import SurveyFigures
from companion.reports.tables import Cell
from companion.surveys.sameness import why_not_compared
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

    Asked in other words or with other choices, figures of two periods say different things.
    """
    mine, theirs = one.tables.get(name) if one else None, with_.tables.get(name)
    if one is None or mine is None or theirs is None:
        return None
    return None if why_not_compared(one.defn, with_.defn, name, mine, theirs) else mine


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
