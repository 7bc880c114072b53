"""Days and hours on which offices in Japan are open. Pure; days and hours are Japan's."""

from __future__ import annotations

import datetime as dt

import jpholiday

from companion.core.clock import at_jst, to_jst

OPENS, CLOSES = dt.time(9), dt.time(17)
YEAR_END = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
DAY = dt.timedelta(days=1)


def day_off(day: dt.date) -> str:
    """Why offices are closed on a day: the holiday's name or 年末年始; empty on other days.

    Source: 国民の祝日に関する法律; 行政機関の休日に関する法律 (29 December to 3 January).
    """
    name = jpholiday.is_holiday_name(day)
    if name:
        return str(name)
    return "年末年始" if (day.month, day.day) in YEAR_END else ""


def is_business_day(day: dt.date) -> bool:
    """True when offices are open."""
    return day.weekday() < 5 and not day_off(day)


def move(day: dt.date, business_days: int) -> dt.date:
    """The day so many business days after a day, or before it when the number is negative.

    With 0 the day itself, or the next business day when it is none.
    """
    step = -DAY if business_days < 0 else DAY
    left = abs(business_days)
    while left or not is_business_day(day):
        day += step
        left -= bool(left) and is_business_day(day)
    return day


def is_open(moment: dt.datetime) -> bool:
    """True from 09:00 to 17:00 of a business day."""
    local = to_jst(moment)
    return is_business_day(local.date()) and OPENS <= local.time() < CLOSES


def business_moment(moment: dt.datetime) -> dt.datetime:
    """The moment itself within business hours, else the next opening at 09:00."""
    if is_open(moment):
        return moment
    local = to_jst(moment)
    day = local.date() + (DAY if local.time() >= CLOSES else dt.timedelta(0))
    return at_jst(move(day, 0), OPENS)


def next_opening(moment: dt.datetime) -> dt.datetime:
    """09:00 of the business day after the one of a moment."""
    return at_jst(move(to_jst(moment).date(), 1), OPENS)
