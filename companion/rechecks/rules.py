"""When an account is to be confirmed again: no database, no web."""

from __future__ import annotations

import calendar
import datetime as dt

RECHECK_MONTHS = 3


def owed_since(today: dt.date) -> dt.date:
    """Whoever was confirmed on this day or before is owed a new confirmation today.

    A confirmation holds until the same day three months later, or until the last day of that
    month where it has no such day: one of 30 November until 28 February.
    """
    month = today.year * 12 + today.month - 1 - RECHECK_MONTHS
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_month_end = today.day == calendar.monthrange(today.year, today.month)[1]
    return dt.date(year, month + 1, last if is_month_end else min(today.day, last))
