"""Decisions about teams: no database, no web."""

from __future__ import annotations

import datetime as dt


def appointment_start(first_day: dt.date, last_day: dt.date, today: dt.date) -> dt.date:
    """The day from which members of teams announced today are appointed.

    The first day of the period, or today when the period is already running. A period that is
    over was run on paper before it came in here: its members served from its first day.
    """
    return today if first_day <= today <= last_day else first_day
