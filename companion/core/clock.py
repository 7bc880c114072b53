"""The one clock: every other module asks it, so that tests can hold time still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")

_held: dt.datetime | None = None


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return _held or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's business date in Japan."""
    return now().astimezone(JST).date()


def at_jst(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment (UTC) that clocks in Japan call `day` at `time`."""
    return dt.datetime.combine(day, time, tzinfo=JST).astimezone(dt.UTC)


def to_jst(moment: dt.datetime) -> dt.datetime:
    """The same moment as clocks in Japan show it."""
    return moment.astimezone(JST)


def fiscal_year(day: dt.date) -> int:
    """The Japanese fiscal year of a day: April to March."""
    return day.year if day.month >= 4 else day.year - 1


@contextmanager
def held(moment: dt.datetime) -> Iterator[None]:
    """Hold the clock at an aware moment (the demo's past year, and tests)."""
    global _held
    before, _held = _held, moment.astimezone(dt.UTC)
    try:
        yield
    finally:
        _held = before
