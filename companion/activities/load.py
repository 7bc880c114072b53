"""How much of an official's working time a month took, against the share agreed: pure sums.

A month has 155 working hours (38 h 45 min a week), of which 10 to 20 % are agreed for this work:
15.5 to 31 hours. Source: the programme's own conditions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WORKING_MINUTES = 155 * 60
OVER_PERCENT, UNDER_PERCENT = 20, 5
OVER_MINUTES, UNDER_MINUTES = (
    WORKING_MINUTES * percent // 100 for percent in (OVER_PERCENT, UNDER_PERCENT)
)
RUNNING = 2  # months in a row before anybody is told


class LoadLevel(StrEnum):
    """What a month says about an official's time."""

    OVER = "over"
    ABOVE_AGREED = "above_agreed"
    FITTING = "fitting"
    UNDER = "under"
    OPEN = "open"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "over": "上限超",
            "above_agreed": "同意割合超",
            "fitting": "適正",
            "under": "過少",
            "open": "未確定",
        }[self.value]


@dataclass(frozen=True)
class MonthLoad:
    """One month: its first day, minutes with preparation and travel, and whether it may be judged.

    `is_whole` is False while the month lasts, or when the official served only a part of it: such
    a month is never called too little.
    """

    month: dt.date
    minutes: int
    is_whole: bool = True


@dataclass(frozen=True)
class Service:
    """An official's days in a team (both included), and those on which the team rested."""

    started_on: dt.date | None
    ended_on: dt.date | None
    rests: Sequence[tuple[dt.date, dt.date | None]] = ()


def last_day(month: dt.date) -> dt.date:
    """The last day of a month given by its first."""
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def served(month: dt.date, services: Sequence[Service]) -> bool:
    """True when the official was a member on some day of the month."""
    last = last_day(month)
    return any(
        row.started_on is not None
        and row.started_on <= last
        and (row.ended_on is None or row.ended_on >= month)
        for row in services
    )


def is_whole(month: dt.date, services: Sequence[Service], today: dt.date) -> bool:
    """True when the month is over, and on all its days the official served in a team not paused."""
    last = last_day(month)
    return last < today and any(
        row.started_on is not None
        and row.started_on <= month
        and (row.ended_on is None or row.ended_on >= last)
        and not any(
            first <= last and (until is None or until >= month) for first, until in row.rests
        )
        for row in services
    )


def working_minutes(percent: int) -> int:
    """Minutes of a month that a share of the working time allows: 10 % are 930."""
    return WORKING_MINUTES * percent // 100


def share_tenths(minutes: int) -> int:
    """Share of the working time in tenths of a percent, 四捨五入: 930 minutes are 100."""
    return (2000 * minutes + WORKING_MINUTES) // (2 * WORKING_MINUTES)


def level_of(load: MonthLoad, *, agreed_percent: int = OVER_PERCENT) -> LoadLevel:
    """What a month says: over 20 %, above the share agreed, under 5 %, or fitting.

    A month that cannot be judged yet is OPEN, unless it is too much already.
    """
    if load.minutes > OVER_MINUTES:
        return LoadLevel.OVER
    if load.minutes > working_minutes(agreed_percent):
        return LoadLevel.ABOVE_AGREED
    if not load.is_whole:
        return LoadLevel.OPEN
    if load.minutes < UNDER_MINUTES:
        return LoadLevel.UNDER
    return LoadLevel.FITTING


def judged(months: Sequence[MonthLoad]) -> list[LoadLevel]:
    """What the months say that can be judged; the others are passed over."""
    return [level for month in months if (level := level_of(month)) is not LoadLevel.OPEN]


def strain(judged_levels: Sequence[LoadLevel], *, running: int = RUNNING) -> LoadLevel | None:
    """OVER or UNDER when the latest `running` judged months in a row were; None otherwise."""
    last = set(judged_levels[-running:])
    for level in (LoadLevel.OVER, LoadLevel.UNDER):
        if len(judged_levels) >= running and last == {level}:
            return level
    return None
