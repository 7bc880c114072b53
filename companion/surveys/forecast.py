"""How many answers there will be: a simple forecast with its interval. Pure.

The method, said on the page: of those who had not answered, the share that answered on each of the
last five business days goes on to the deadline. The interval is that of the share (Wilson, 90 %),
carried on likewise; it says how sure the share is, not what a reminder or a holiday may change.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from companion.core.businessdays import is_business_day

WINDOW = 5  # business days
LEAST_DAYS = 3
Z90 = 1.6449
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Forecast:
    """Answers at the deadline: expected, and between which bounds."""

    expected: int
    low: int
    high: int
    answered: int  # in the days looked at
    waited: int  # persons × days in which they could have
    days: int  # business days looked at
    left: int  # business days to come


def wilson(k: int, n: int, z: float = Z90) -> tuple[float, float]:
    """The interval of a share k/n (E. B. Wilson, JASA 22, 1927, p. 209)."""
    if n == 0:
        return 0.0, 1.0
    share = k / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (
        max(0.0, (middle - spread) / (1 + z * z / n)),
        min(1.0, (middle + spread) / (1 + z * z / n)),
    )


def forecast(
    invited: int,
    by_day: Mapping[dt.date, int],
    opened_on: dt.date,
    today: dt.date,
    closes_on: dt.date,
) -> Forecast | None:
    """What to expect at the deadline; None before three whole business days have passed.

    `by_day` counts first answers by the day they came; today is not looked at, it is not over.
    """
    submitted = sum(by_day.values())
    passed = [day for day in _days(opened_on, today - DAY) if is_business_day(day)][-WINDOW:]
    if len(passed) < LEAST_DAYS or today > closes_on:
        return None
    first = passed[0]
    # Answers of weekends within the window count with it.
    answered = sum(count for day, count in by_day.items() if first <= day < today)
    open_ones = invited - sum(count for day, count in by_day.items() if day < first)
    waited = 0
    for day in passed:
        waited += open_ones
        open_ones -= by_day.get(day, 0)
    left = sum(is_business_day(day) for day in _days(today, closes_on))
    remaining = max(invited - submitted, 0)
    share = min(answered / waited, 1.0) if waited else 0.0
    low, high = wilson(min(answered, waited), waited)

    def at_close(hazard: float) -> int:
        return submitted + int(remaining * (1 - (1 - hazard) ** left) + 0.5)

    return Forecast(
        at_close(share), at_close(low), at_close(high), answered, waited, len(passed), left
    )


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + DAY * n for n in range((last - first).days + 1)]
