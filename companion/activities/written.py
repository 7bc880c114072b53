"""What people write down of a meeting or visit, as the rules and actions take it: plain values.

Moments are aware; days are Japanese business days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companion.activities.terms import (
    ActionState,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    GuestSide,
    OwnerKind,
)
from companion.teams.terms import Visibility


def minutes_between(start: dt.datetime, end: dt.datetime) -> int:
    """Whole minutes from start to end."""
    return int((end - start).total_seconds()) // 60


@dataclass(frozen=True)
class Part:
    """A member's part: minutes with preparation and travel, None for as long as it lasted."""

    member_id: int
    status: AttendanceStatus
    minutes: int | None = None


@dataclass(frozen=True)
class GuestLine:
    """Somebody who took part besides the team."""

    side: GuestSide
    name: str = ""
    organisation: str = ""
    post: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nothing was written in the row."""
        return not (self.name or self.organisation or self.post)


@dataclass(frozen=True)
class ActionLine:
    """A next action as written in a log; no member with OFFICIAL means the whole team."""

    text: str
    owner_kind: OwnerKind
    owner_member_id: int | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Progress:
    """What a log says about an action that was open before."""

    public_id: str
    state: ActionState
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """A meeting or visit to come."""

    kind: ActivityKind
    start: dt.datetime
    end: dt.datetime
    title: str = ""
    place: str = ""
    medium: str = ""
    agenda: str = ""


@dataclass(frozen=True)
class Log:
    """A meeting or visit as written down by a member of the team."""

    kind: ActivityKind
    title: str
    start: dt.datetime
    end: dt.datetime
    place: str = ""
    medium: str = ""
    agenda: str = ""
    present_state: str = ""
    advice: str = ""
    decisions: str = ""
    until_next: str = ""
    nights: int | None = None
    trip_purpose: str = ""
    trip_route: str = ""
    office_change: str = ""
    fields: Sequence[str] = ()
    pillars: Sequence[str] = ()
    may_publish: bool = False
    visibility: Visibility = Visibility.TEAM
    parts: Sequence[Part] = ()
    guests: Sequence[GuestLine] = ()
    actions: Sequence[ActionLine] = ()
    progress: Sequence[Progress] = ()
    next: Plan | None = None

    @property
    def state(self) -> ActivityState:
        """Recorded once one of the four headings says something, held before that."""
        told = (self.present_state, self.advice, self.decisions, self.until_next)
        return ActivityState.RECORDED if any(told) else ActivityState.HELD

    @property
    def minutes(self) -> int:
        """How long it lasted by the clock."""
        return minutes_between(self.start, self.end)


@dataclass(frozen=True)
class Serving:
    """From when to when a member belongs to the team (both days included)."""

    name: str
    started_on: dt.date | None = None
    ended_on: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """True when the person was a member on that day."""
        if self.started_on is None or day < self.started_on:
            return False
        return self.ended_on is None or day <= self.ended_on


@dataclass(frozen=True)
class Fault:
    """Why a log or plan cannot be kept: the field of the form, and a sentence with the remedy."""

    field: str
    message: str


@dataclass(frozen=True)
class Setting:
    """What is known around a log: the members by id, and their minutes elsewhere on its days."""

    now: dt.datetime
    members: Mapping[int, Serving] = field(default_factory=dict)
    other_minutes: Mapping[int, int] = field(default_factory=dict)
