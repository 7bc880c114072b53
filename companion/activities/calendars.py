"""Plans as a calendar program reads them (RFC 5545): Japan's time, stable names, minimal content.

Calendars are copied to other services: they hold kind, place and town, and the address of the log,
never what was said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from icalendar import Calendar, Event

from companion.activities.models import Activity
from companion.activities.terms import ActivityState
from companion.core.clock import JST

PRODUCT = "-//companion//chihou sousei bansou shien//JA"


def calendar(
    name: str, activities: Iterable[Activity], *, host: str, link: Callable[[Activity], str]
) -> bytes:
    """A calendar with these activities; `link` gives the page on which each is logged."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Tokyo")
    for activity in activities:
        if (start := activity.starts_at) is not None:
            made.add_component(_event(activity, start, host, link(activity)))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(activity: Activity, start: dt.datetime, host: str, link: str) -> Event:
    town = activity.team.challenge.municipality.name
    event = Event()
    event.add("uid", f"{activity.public_id}@{host}")
    event.add("dtstamp", activity.updated_at)
    event.add("last-modified", activity.updated_at)
    event.add("sequence", activity.version - 1)
    event.add("summary", f"伴走 {town} {activity.kind.label}")
    event.add("dtstart", start.astimezone(JST))
    if activity.ends_at is not None:
        event.add("dtend", activity.ends_at.astimezone(JST))
    if activity.place or activity.medium:
        event.add("location", activity.place or activity.medium)
    is_off = activity.state is ActivityState.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("url", link)
    word = "記録" if activity.is_held else "記録する"
    event.add("description", f"{word}：{link}")
    return event
