"""From when members are appointed."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.teams.rules import appointment_start

FIRST, LAST = dt.date(2025, 4, 1), dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (dt.date(2025, 3, 15), FIRST),  # announced before the period begins
        (FIRST, FIRST),
        (dt.date(2025, 4, 9), dt.date(2025, 4, 9)),
        (LAST, LAST),
        (dt.date(2026, 4, 1), FIRST),  # entered after the period is over
    ],
)
def test_members_start_with_the_period_or_today(today: dt.date, start: dt.date) -> None:
    assert appointment_start(FIRST, LAST, today) == start
