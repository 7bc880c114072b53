"""What a team is expected to have done by now: no database, no web."""

from __future__ import annotations

CADENCE_DAYS = 30  # online once or twice a month: once is expected
VISIT_DAYS = 91  # a visit about every quarter


def expected_meetings(active_days: int) -> int:
    """Online meetings after so many days of work: one for each month that is over."""
    return max(0, active_days) // CADENCE_DAYS


def expected_visits(active_days: int) -> int:
    """Visits after so many days of work: one for each quarter that is over."""
    return max(0, active_days) // VISIT_DAYS


def share_of_time(minutes: int, people: int) -> int | None:
    """Mean share of the working time of a month (155 hours) in tenths of a percent, 四捨五入.

    None without people.
    """
    whole = people * 155 * 60
    return (2000 * minutes + whole) // (2 * whole) if whole else None
