"""A confirmation holds for three months of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.rechecks.rules import owed_since

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("confirmed", "first_owed"),
    [
        ("2025-04-01", "2025-07-01"),
        ("2025-06-15", "2025-09-15"),
        ("2025-03-31", "2025-06-30"),  # June has no 31st
        ("2025-08-31", "2025-11-30"),
        ("2025-11-28", "2026-02-28"),
        ("2025-11-29", "2026-02-28"),
        ("2025-11-30", "2026-02-28"),
        ("2025-12-01", "2026-03-01"),
        ("2023-11-30", "2024-02-29"),  # a leap year
        ("2025-12-31", "2026-03-31"),
        ("2025-02-28", "2025-05-28"),
        ("2025-10-31", "2026-01-31"),
    ],
)
def test_three_months_to_the_day(confirmed: str, first_owed: str) -> None:
    day, owed = dt.date.fromisoformat(confirmed), dt.date.fromisoformat(first_owed)
    assert owed_since(owed) >= day
    assert owed_since(owed - dt.timedelta(days=1)) < day


def test_whoever_is_owed_stays_owed() -> None:
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=n) for n in range(1500)]
    since = [owed_since(day) for day in days]
    assert since == sorted(since)
