"""Dates in the Japanese calendar, both ways."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.core.wareki import NotADate, read_date, wareki, wareki_short, wareki_with_western

pytestmark = pytest.mark.sqlite_only
DAY = dt.date(2025, 4, 9)


@pytest.mark.parametrize(
    "written",
    [
        "令和7年4月9日",
        "令和７年４月９日",
        "令和７年４月９日（水）",
        "令和7年4月9日(水曜日)",
        "R7.4.9",
        "Ｒ７．４．９",
        "r7/4/9",
        "令7.4.9",
        "R7.04.09",
        "2025/4/9",
        "２０２５／４／９（水）",
        "2025-04-09",
        "2025.4.9",
        "2025年4月9日水曜日",
        "2025-04-09T00:00:00",
        "2025/4/9 10:30",
        "20250409",
        20250409,
        45756,
        45756.0,
        DAY,
        dt.datetime(2025, 4, 9, 10, 0),  # noqa: DTZ001 - cells of Excel have no zone
    ],
)
def test_one_day_in_every_way_people_write_it(written: object) -> None:
    assert read_date(written) == DAY


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("R元.5.1", dt.date(2019, 5, 1)),
        ("令和1年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("H1.1.8", dt.date(1989, 1, 8)),
        ("昭和64年1月7日", dt.date(1989, 1, 7)),
        ("R6.2.29", dt.date(2024, 2, 29)),
    ],
)
def test_first_and_last_days_of_eras(written: str, day: dt.date) -> None:
    assert read_date(written) == day


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("令和7年4月9日（木）", "曜日が日付と合いません"),
        ("令和元年4月30日", "令和の期間にない"),
        ("平成32年1月1日", "平成の期間にない"),
        ("R0.1.1", "令和の期間にない"),
        ("2025/2/29", "暦にない"),
        ("R7.13.1", "暦にない"),
        ("きのう", "日付として読めません"),
        ("4月9日", "日付として読めません"),
        ("", "日付として読めません"),
        (None, "日付として読めません"),
        (7, "日付として読めません"),
        (True, "日付として読めません"),
        (float("nan"), "日付として読めません"),
    ],
)
def test_what_is_no_date_says_why(written: object, says: str) -> None:
    with pytest.raises(NotADate, match=says):
        read_date(written)


def test_dates_are_written_as_officials_write_them() -> None:
    assert wareki(DAY) == "令和7年4月9日（水）"
    assert wareki(DAY, weekday=False) == "令和7年4月9日"
    assert wareki(dt.date(2019, 5, 1)) == "令和元年5月1日（水）"
    assert wareki_short(DAY) == "R7.4.9"
    assert wareki_with_western(DAY) == "令和7年（2025年）4月9日"


@settings(derandomize=True, database=None, deadline=None)
@given(st.dates(dt.date(1926, 12, 25), dt.date(2099, 12, 31)))
def test_what_is_written_can_be_read(day: dt.date) -> None:
    assert read_date(wareki(day)) == day
    assert read_date(wareki_short(day)) == day
    assert read_date(day.isoformat()) == day
