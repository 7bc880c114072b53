"""What a log must satisfy, as tables of values."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.activities.rules import (
    days_covered,
    hours_tenths,
    log_faults,
    part_minutes,
    plan_faults,
    progress_fault,
)
from companion.activities.terms import ActionState, ActivityKind, ActivityState, AttendanceStatus
from companion.activities.written import Fault, Log, Part, Plan, Progress, Serving, Setting
from companion.core.clock import at_jst

NOW = at_jst(dt.date(2025, 9, 2), dt.time(10))
MEETING = ActivityKind.ONLINE_MEETING
PRESENT = AttendanceStatus.PRESENT
MEMBERS = {
    1: Serving("青山", dt.date(2025, 4, 9)),
    2: Serving("石橋", dt.date(2025, 4, 9), dt.date(2025, 6, 30)),
    3: Serving("上原"),
}


def moment(text: str) -> dt.datetime:
    """「08-25 13:00」 of 2025 in Japan."""
    parsed = dt.datetime.fromisoformat(f"2025-{text}")
    return at_jst(parsed.date(), parsed.time())


def log(start: str, end: str, **values: object) -> Log:
    given = {"kind": MEETING, "title": "第3回"} | values
    return Log(start=moment(start), end=moment(end), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("08-25 13:00", "08-25 14:00", 1),
        ("08-25 13:00", "08-26 00:00", 1),  # midnight still belongs to the day before
        ("08-25 23:00", "08-26 00:01", 2),
        ("08-25 08:59", "08-25 09:01", 1),  # the day changes in UTC, not in Japan
        ("08-25 10:00", "08-27 15:00", 3),
    ],
)
def test_days_are_japanese_days(start: str, end: str, days: int) -> None:
    assert days_covered(moment(start), moment(end)) == days


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        (log("08-25 13:00", "08-25 14:00"), []),
        (log("08-25 14:00", "08-25 13:00"), ["end_time"]),
        (log("08-25 14:00", "08-25 14:00"), ["end_time"]),
        (log("08-01 14:00", "08-25 14:00"), ["end_time"]),
        (log("09-02 10:01", "09-02 11:00"), ["held_on"]),
        (log("09-02 10:00", "09-02 11:00"), []),  # written while it is on
        (log("08-25 13:00", "08-25 14:00", nights=14), ["nights"]),
        (log("04-08 13:00", "04-08 14:00", parts=[Part(1, PRESENT)]), ["held_on"]),
        (log("04-09 13:00", "04-09 14:00", parts=[Part(1, PRESENT)]), []),
        (log("06-30 13:00", "06-30 14:00", parts=[Part(2, PRESENT)]), []),
        (log("07-01 13:00", "07-01 14:00", parts=[Part(2, PRESENT)]), ["held_on"]),
        (log("07-01 13:00", "07-01 14:00", parts=[Part(3, AttendanceStatus.EXCUSED)]), ["held_on"]),
        (log("08-25 13:00", "08-25 14:00", parts=[Part(1, PRESENT, 1440)]), []),
        (log("08-25 13:00", "08-25 14:00", parts=[Part(1, PRESENT, 1441)]), ["people"]),
        (log("08-25 13:00", "08-26 14:00", parts=[Part(1, PRESENT, 2880)]), []),
    ],
)
def test_what_keeps_a_log_from_being_saved(written: Log, fields: list[str]) -> None:
    faults = log_faults(written, Setting(now=NOW, members=MEMBERS))
    assert [fault.field for fault in faults] == fields


def test_a_day_of_25_hours_counts_the_other_activities_of_the_day() -> None:
    written = log("08-25 13:00", "08-25 15:00", parts=[Part(1, PRESENT), Part(2, PRESENT, 30)])
    setting = Setting(
        now=NOW,
        members={1: Serving("青山", dt.date(2025, 4, 9)), 2: Serving("石橋", dt.date(2025, 4, 9))},
        other_minutes={1: 23 * 60},
    )
    assert log_faults(written, setting) == [
        Fault(
            "people",
            "青山さんの時間が、同じ日の他の活動と合わせて25時間になり、24時間を超えます。"
            "分数を確かめてください。",
        )
    ]


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        ("09-10 13:00", "09-10 14:00", []),
        ("09-10 13:00", "09-10 12:00", ["next_end"]),
        ("08-20 13:00", "08-20 14:00", ["next_on"]),
    ],
)
def test_the_next_date_comes_after_this_one(start: str, end: str, fields: list[str]) -> None:
    following = Plan(MEETING, moment(start), moment(end))
    faults = log_faults(log("08-25 13:00", "08-25 14:00", next=following), Setting(now=NOW))
    assert [fault.field for fault in faults] == fields


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        ("09-10 13:00", "09-10 14:00", []),
        ("09-02 09:00", "09-02 11:00", []),  # it is on right now
        ("09-01 13:00", "09-01 14:00", ["held_on"]),
        ("09-10 13:00", "09-10 12:00", ["end_time"]),
    ],
)
def test_a_plan_lies_ahead(start: str, end: str, fields: list[str]) -> None:
    faults = plan_faults(Plan(MEETING, moment(start), moment(end)), now=NOW)
    assert [fault.field for fault in faults] == fields


def test_a_log_is_recorded_once_one_heading_says_something() -> None:
    assert log("08-25 13:00", "08-25 14:00").state is ActivityState.HELD
    for heading in ("present_state", "advice", "decisions", "until_next"):
        told = log("08-25 13:00", "08-25 14:00", **{heading: "決定した。"})
        assert told.state is ActivityState.RECORDED


@pytest.mark.parametrize(
    ("part", "minutes"),
    [
        (Part(1, PRESENT), 60),
        (Part(1, PRESENT, 0), 0),
        (Part(1, PRESENT, 250), 250),
        (Part(1, AttendanceStatus.EXCUSED), 0),
        (Part(1, AttendanceStatus.EXCUSED, 30), 30),  # prepared, could not come
    ],
)
def test_minutes_default_to_the_length_for_who_was_there(part: Part, minutes: int) -> None:
    assert part_minutes(part, 60) == minutes


@pytest.mark.parametrize(
    ("state", "reason", "is_fault"),
    [
        (ActionState.DONE, "", False),
        (ActionState.BLOCKED, "", True),
        (ActionState.BLOCKED, "県の回答待ち", False),
        (ActionState.DROPPED, "", True),
    ],
)
def test_a_stalled_action_says_why(state: ActionState, reason: str, is_fault: bool) -> None:
    assert bool(progress_fault(Progress("a", state, reason))) is is_fault


@pytest.mark.parametrize(
    ("minutes", "tenths"),
    [
        (0, "0.0"),
        (2, "0.0"),
        (3, "0.1"),
        (45, "0.8"),
        (60, "1.0"),
        (95, "1.6"),
        (1500, "25.0"),
        (124_320, "2,072.0"),
    ],
)
def test_hours_are_rounded_half_up(minutes: int, tenths: str) -> None:
    assert hours_tenths(minutes) == tenths
