"""When a letter may go out: on business days, in business hours of Japan."""

from __future__ import annotations

import datetime as dt

from companion.activities.dates import is_business_day
from companion.core.clock import at_jst, to_jst

OPENS, CLOSES = dt.time(9), dt.time(17)


def business_moment(moment: dt.datetime) -> dt.datetime:
    """The moment itself within business hours, else the next opening at 09:00."""
    local = to_jst(moment)
    day = local.date()
    if is_business_day(day) and OPENS <= local.time() < CLOSES:
        return moment
    if not is_business_day(day) or local.time() >= CLOSES:
        day += dt.timedelta(days=1)
        while not is_business_day(day):
            day += dt.timedelta(days=1)
    return at_jst(day, OPENS)
