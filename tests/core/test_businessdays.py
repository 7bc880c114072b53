"""Business days and hours, whatever zone the machine stands in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from companion.core.businessdays import business_moment, is_open, move, next_opening
from companion.core.clock import JST
from tests.kit.zones import ZONES, machine_in


def at(words: str) -> dt.datetime:
    return dt.datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=JST)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine's own zone."""
    with machine_in(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-09-02 10:00", "2025-09-02 10:00"),
        ("2025-09-02 08:59", "2025-09-02 09:00"),
        ("2025-09-02 17:00", "2025-09-03 09:00"),
        ("2025-09-05 20:00", "2025-09-08 09:00"),  # Friday evening
        ("2025-09-12 18:00", "2025-09-16 09:00"),  # Monday the 15th is 敬老の日
        ("2025-12-26 18:00", "2026-01-05 09:00"),
        ("2025-05-03 12:00", "2025-05-07 09:00"),
        ("2025-03-09 15:30", "2025-03-10 09:00"),  # the clocks of New York change
        ("2025-11-02 14:30", "2025-11-04 09:00"),
    ],
)
def test_letters_go_out_in_business_hours(zone: str, moment: str, expected: str) -> None:
    assert business_moment(at(moment)) == at(expected)
    assert is_open(at(moment)) is (moment == expected)


@pytest.mark.parametrize(
    ("day", "steps", "expected"),
    [
        ("2025-09-19", -1, "2025-09-18"),
        ("2025-09-19", -3, "2025-09-16"),  # not the 15th, 敬老の日
        ("2025-09-19", 2, "2025-09-24"),  # not the 23rd, 秋分の日
        ("2025-09-20", 0, "2025-09-22"),
        ("2025-09-20", -1, "2025-09-19"),
        ("2025-12-26", 1, "2026-01-05"),
    ],
)
def test_moving_by_business_days(day: str, steps: int, expected: str) -> None:
    assert move(dt.date.fromisoformat(day), steps) == dt.date.fromisoformat(expected)


def test_the_next_opening_is_on_another_day() -> None:
    assert next_opening(at("2025-09-02 08:00")) == at("2025-09-03 09:00")
    assert next_opening(at("2025-09-05 10:00")) == at("2025-09-08 09:00")
