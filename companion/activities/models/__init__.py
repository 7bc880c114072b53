"""The tables of the activities: what took place, and what is to come."""

from __future__ import annotations

from companion.activities.models.records import (
    ActionChange,
    Activity,
    Attachment,
    Attendance,
    Draft,
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
