"""Which days suit: repetition, holidays, sessions of the Diet."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.activities.dates import (
    MOST_DATES,
    Session,
    notes_on,
    repeated,
    suggested,
    without_days_off,
)
from companion.activities.terms import ActivityKind, Repetition
from companion.core.businessdays import day_off, is_business_day

WEEKLY, MONTHLY = Repetition.WEEKLY, Repetition.MONTHLY
MEETING, VISIT = ActivityKind.ONLINE_MEETING, ActivityKind.SITE_VISIT


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2025-11-03", "文化の日"),
        ("2025-11-24", "勤労感謝の日 振替休日"),
        ("2026-05-06", "憲法記念日 振替休日"),
        ("2026-09-22", "国民の休日"),
        ("2025-12-29", "年末年始"),
        ("2026-01-01", "元日"),
        ("2026-01-03", "年末年始"),
        ("2026-01-05", ""),
        ("2025-11-04", ""),
    ],
)
def test_days_off_have_their_names(text: str, name: str) -> None:
    assert day_off(day(text)) == name


@pytest.mark.parametrize(
    ("repetition", "first", "last", "every", "days"),
    [
        (WEEKLY, "2025-09-02", "2025-09-30", 1, ["09-02", "09-09", "09-16", "09-23", "09-30"]),
        (WEEKLY, "2025-09-02", "2025-09-30", 2, ["09-02", "09-16", "09-30"]),
        (WEEKLY, "2025-09-02", "2025-09-01", 1, []),
        (MONTHLY, "2025-09-09", "2025-12-31", 1, ["09-09", "10-14", "11-11", "12-09"]),
        # A month without a fifth Tuesday is left out.
        (MONTHLY, "2025-09-30", "2025-12-31", 1, ["09-30", "12-30"]),
        (MONTHLY, "2025-09-01", "2025-10-05", 1, ["09-01"]),
    ],
)
def test_a_repetition_falls_on_its_days(
    repetition: Repetition, first: str, last: str, every: int, days: list[str]
) -> None:
    found = repeated(repetition, day(first), day(last), every=every)
    assert [f"{d:%m-%d}" for d in found] == days


def test_a_repetition_ends_even_when_its_last_day_is_a_slip() -> None:
    for repetition in Repetition:
        assert len(repeated(repetition, day("2025-09-02"), day("2100-01-01"))) == MOST_DATES


def test_holidays_are_left_out_with_their_reason() -> None:
    days = repeated(WEEKLY, day("2025-12-22"), day("2026-01-12"))
    kept, left_out = without_days_off(days)
    assert kept == [day("2025-12-22"), day("2026-01-05")]
    assert left_out == [(day("2025-12-29"), "年末年始"), (day("2026-01-12"), "成人の日")]


DIET = [Session("臨時会", day("2025-09-20"), day("2025-12-10"))]
TODAY = day("2025-09-02")


def test_suggestions_are_open_days_at_most_two_a_week() -> None:
    found = suggested(MEETING, TODAY, taken={day("2025-09-08")}, count=6)
    days = [row.day for row in found]
    assert days == sorted(days)
    assert days[0] == day("2025-09-09")
    assert all(is_business_day(row) for row in days)
    assert day("2025-09-15") not in days  # 敬老の日
    weeks = [row.isocalendar()[:2] for row in days]
    assert max(weeks.count(week) for week in weeks) == 2


def test_the_usual_weekday_comes_first() -> None:
    found = suggested(MEETING, TODAY, weekday=3, count=5)
    assert {row.day.weekday() for row in found} == {3}


def test_a_visit_avoids_the_diet_and_a_meeting_only_tells() -> None:
    visits = suggested(VISIT, TODAY, sessions=DIET, count=4)
    assert [row.note for row in visits] == [""] * 4
    meetings = suggested(MEETING, day("2025-10-01"), sessions=DIET, count=4)
    assert {row.note for row in meetings} == {"国会会期中（臨時会）"}


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("2025-11-03", ["文化の日にあたります", "国会会期中（臨時会）です"]),
        ("2025-09-06", ["土曜・日曜にあたります"]),
        ("2025-09-09", []),
    ],
)
def test_a_day_is_looked_at_before_it_is_planned(text: str, notes: list[str]) -> None:
    assert notes_on(day(text), DIET) == notes
