"""What a log of a meeting or visit must satisfy: no database, no web.

Moments are aware; days are Japanese business days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from companion.activities.terms import (
    AttendanceStatus,
)
from companion.activities.written import Fault, Log, Part, Plan, Progress, Setting
from companion.core.clock import to_jst
from companion.core.html import minutes as minutes_words

DAY_MINUTES = 24 * 60
LONGEST_DAYS = 14  # a visit lasts one to three days; more than two weeks is a slip of the year


def first_and_last_day(start: dt.datetime, end: dt.datetime) -> tuple[dt.date, dt.date]:
    """The Japanese days of beginning and end; midnight still belongs to the day before."""
    last = to_jst(end - dt.timedelta(microseconds=1)).date()
    return to_jst(start).date(), last


def days_covered(start: dt.datetime, end: dt.datetime) -> int:
    """How many Japanese days it touches: 1 for a meeting, 2 or 3 for a visit with nights."""
    first, last = first_and_last_day(start, end)
    return (last - first).days + 1


def time_fault(start: dt.datetime, end: dt.datetime) -> Fault | None:
    """The end must come after the start, and within two weeks."""
    if end <= start:
        return Fault("end_time", "終了が開始より前です。終了の時刻を確かめてください。")
    if days_covered(start, end) > LONGEST_DAYS:
        return Fault("end_time", f"{LONGEST_DAYS}日を超えています。日付を確かめてください。")
    return None


def log_faults(log: Log, setting: Setting) -> list[Fault]:
    """Everything that keeps a log from being saved, in the order of the form."""
    wrong_times = time_fault(log.start, log.end)
    if wrong_times:
        return [wrong_times]
    faults = []
    if log.start > setting.now:
        faults.append(
            Fault("held_on", "これからの日時です。予定は「予定を登録」から登録してください。")
        )
    day = to_jst(log.start).date()
    for part in log.parts:
        member = setting.members[part.member_id]
        if not member.covers(day):
            faults.append(
                Fault(
                    "held_on",
                    f"{member.name}さんは{day.month}月{day.day}日にはこのチームの支援官では"
                    "ありません。日付を直すか、出欠を「在籍外」にしてください。",
                )
            )
    faults += _minutes_faults(log, setting)
    if log.nights is not None and log.nights >= LONGEST_DAYS:
        faults.append(Fault("nights", f"泊数は{LONGEST_DAYS - 1}以下で入力してください。"))
    if log.next is not None:
        faults += _next_faults(log, log.next)
    return faults


def _minutes_faults(log: Log, setting: Setting) -> Iterable[Fault]:
    days = days_covered(log.start, log.end)
    for part in log.parts:
        spent = log.minutes if part.minutes is None else part.minutes
        if part.status is not AttendanceStatus.PRESENT and part.minutes is None:
            spent = 0
        total = spent + setting.other_minutes.get(part.member_id, 0)
        if total > days * DAY_MINUTES:
            yield Fault(
                "people",
                f"{setting.members[part.member_id].name}さんの時間が、同じ日の他の活動と合わせて"
                f"{minutes_words(total)}になり、{days * 24}時間を超えます。"
                "分数を確かめてください。",
            )


def _next_faults(log: Log, plan: Plan) -> Iterable[Fault]:
    if time_fault(plan.start, plan.end):
        yield Fault("next_end", "次回の終了が開始より前です。終了の時刻を確かめてください。")
    elif plan.start <= log.start:
        yield Fault("next_on", "次回の日時が今回より前です。日付を確かめてください。")


def plan_faults(plan: Plan, *, now: dt.datetime) -> list[Fault]:
    """Everything that keeps a plan from being saved."""
    wrong_times = time_fault(plan.start, plan.end)
    if wrong_times:
        return [wrong_times]
    if plan.end < now:
        return [Fault("held_on", "過ぎた日時です。済んだ活動は「記録する」から記録してください。")]
    return []


def progress_fault(progress: Progress) -> str | None:
    """A stalled or dropped action says why."""
    if progress.state.needs_reason and not progress.reason:
        return f"「{progress.state.label}」にするときは、理由を入力してください。"
    return None


def part_minutes(part: Part, log_minutes: int) -> int:
    """Minutes to count for a member: those given, else the length for who was there, else none."""
    if part.minutes is not None:
        return part.minutes
    return log_minutes if part.status is AttendanceStatus.PRESENT else 0


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months from one day to another."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [
        dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]


def hours_tenths(minutes: int) -> str:
    """Hours with one decimal, 四捨五入: 95 minutes are 「1.6」."""
    tenths = (minutes * 10 + 30) // 60
    return f"{tenths // 10:,}.{tenths % 10}"
