"""Which days suit: repetition, Japanese holidays, sessions of the Diet. Pure, days are Japan's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from companion.activities.terms import ActivityKind, Repetition
from companion.core.businessdays import day_off, is_business_day

MOST_DATES = 60
AHEAD = range(5, 61)  # days from today in which dates are suggested
PER_WEEK = 2


@dataclass(frozen=True)
class Session:
    """A session of the Diet, both days included."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Suggestion:
    """A day that suits, with what speaks against it, if anything."""

    day: dt.date
    note: str = ""


def session_on(day: dt.date, sessions: Sequence[Session]) -> str:
    """The name of the session of the Diet on a day; empty when there is none."""
    return next((row.name for row in sessions if row.first <= day <= row.last), "")


def week_of_month(day: dt.date) -> int:
    """1 for the first Tuesday of a month when the day is a Tuesday, 2 for the second."""
    return (day.day - 1) // 7 + 1


def repeated(
    repetition: Repetition, first: dt.date, last: dt.date, *, every: int = 1
) -> list[dt.date]:
    """The days of a repetition, holidays among them: at most sixty.

    WEEKLY: every so many weeks. MONTHLY: the same weekday of the same week as the first day in
    every month; a month without a fifth one is left out.
    """
    if repetition is Repetition.WEEKLY:
        step = dt.timedelta(weeks=every)
        count = min(max((last - first) // step + 1, 0), MOST_DATES)
        return [first + step * n for n in range(count)]
    days: list[dt.date] = []
    month = first.replace(day=1)
    while month <= last and len(days) < MOST_DATES:
        offset = (first.weekday() - month.weekday()) % 7 + 7 * (week_of_month(first) - 1)
        day = month + dt.timedelta(days=offset)
        if day.month == month.month and first <= day <= last:
            days.append(day)
        month = (month + dt.timedelta(days=31)).replace(day=1)
    return days


def without_days_off(
    days: Sequence[dt.date],
) -> tuple[list[dt.date], list[tuple[dt.date, str]]]:
    """The days on which offices are open, and those left out with the reason."""
    reasons = [(day, day_off(day)) for day in days]
    return (
        [day for day, reason in reasons if not reason],
        [(day, reason) for day, reason in reasons if reason],
    )


def suggested(
    kind: ActivityKind,
    today: dt.date,
    *,
    sessions: Sequence[Session] = (),
    taken: Collection[dt.date] = (),
    weekday: int | None = None,
    count: int = 6,
) -> list[Suggestion]:
    """Days to offer in a poll: open days that are free, two a week at most, earliest first.

    The usual weekday goes first; for kinds that need a journey, days within a session of the Diet
    go last, for meetings they are only marked.
    """

    def against(day: dt.date) -> tuple[bool, bool, dt.date]:
        in_session = kind.is_on_site and bool(session_on(day, sessions))
        return in_session, weekday is not None and day.weekday() != weekday, day

    days = [today + dt.timedelta(days=n) for n in AHEAD]
    free = sorted((d for d in days if is_business_day(d) and d not in taken), key=against)
    chosen: list[dt.date] = []
    weeks: Counter[tuple[int, int]] = Counter()
    for day in free:
        week = day.isocalendar()[:2]
        if len(chosen) < count and weeks[week] < PER_WEEK:
            weeks[week] += 1
            chosen.append(day)
    return [
        Suggestion(day, f"国会会期中（{name}）" if (name := session_on(day, sessions)) else "")
        for day in sorted(chosen)
    ]


def notes_on(day: dt.date, sessions: Sequence[Session]) -> list[str]:
    """What to know about a day before something is planned on it."""
    notes = []
    if name := day_off(day):
        notes.append(f"{name}にあたります")
    elif day.weekday() >= 5:
        notes.append("土曜・日曜にあたります")
    if name := session_on(day, sessions):
        notes.append(f"国会会期中（{name}）です")
    return notes
