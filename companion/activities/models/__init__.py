"""The tables of the activities: what took place, and what is to come."""

from __future__ import annotations

from companion.activities.models.records import (
    Activity,
    Attachment,
    Attendance,
    Guest,
    NextAction,
    owner_label,
)
from companion.activities.models.schedule import (
    CalendarFeed,
    DietSession,
    Poll,
    PollAnswer,
    PollSlot,
    Series,
)
from companion.activities.models.traces import ActionChange, Draft

__all__ = [
    "ActionChange",
    "Activity",
    "Attachment",
    "Attendance",
    "CalendarFeed",
    "DietSession",
    "Draft",
    "Guest",
    "NextAction",
    "Poll",
    "PollAnswer",
    "PollSlot",
    "Series",
    "owner_label",
]
