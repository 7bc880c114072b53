"""Plans as a calendar program reads them (RFC 5545): Japan's time, stable names, minimal content.

Calendars are copied to other services: they hold kind, place and town, and the address of the log,
never what was said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

from companion.activities.models import Activity
from companion.activities.terms import ActivityState
from companion.core.clock import JST

PRODUCT = "-//companion//chihou sousei bansou shien//JA"


@dataclass(frozen=True)
class Entry:
    """What a calendar shows of one thing; `sequence` counts its changes, `key` never changes."""

    key: str
    changed_at: dt.datetime
    sequence: int
    summary: str
    start: dt.datetime
    end: dt.datetime | None
    location: str
    is_off: bool
    link: str  # path of the page
    words: str  # what is done there


def entry_of(activity: Activity, link: str) -> Entry | None:
    """A meeting or visit; None while it has no time."""
    if (start := activity.starts_at) is None:
        return None
    town = activity.team.challenge.municipality.name
    return Entry(
        key=activity.public_id,
        changed_at=activity.updated_at,
        sequence=activity.version - 1,
        summary=f"伴走 {town} {activity.kind.label}",
        start=start,
        end=activity.ends_at,
        location=activity.place or activity.medium,
        is_off=activity.state is ActivityState.CANCELLED,
        link=link,
        words="記録" if activity.is_held else "記録する",
    )


def calendar(name: str, entries: Iterable[Entry], *, host: str, base: str) -> bytes:
    """A calendar with these entries; `base` is the address of the installation."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Tokyo")
    for entry in entries:
        made.add_component(_event(entry, host, base + entry.link))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(entry: Entry, host: str, link: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.start.astimezone(JST))
    if entry.end is not None:
        event.add("dtend", entry.end.astimezone(JST))
    if entry.location:
        event.add("location", entry.location)
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    event.add("url", link)
    event.add("description", f"{entry.words}：{link}")
    return event
