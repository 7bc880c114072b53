"""The digest: once a week, what needs a look, to coordinators and to the leaders concerned."""

from __future__ import annotations

import datetime as dt

from companion.core import clock
from companion.core.businessdays import is_business_day
from companion.core.db import saved
from companion.notices.actions import tell_coordinators_of_letters
from companion.notices.queries import unresolved_count
from companion.notices.teamwork import tell_of_actions
from companion.notices.watching import tell_coordinators_of_alerts, tell_leaders_of_alerts
from companion.periods.queries import all_periods


def send_digest() -> int:
    """Post this week's digest, on its first business day; returns how many letters are new.

    The letters' keys name the week: whoever runs this, and how often, each goes out once. After an
    outage the digest of the present week goes out, those of the weeks before do not.
    """
    today = clock.today()
    monday = today - dt.timedelta(days=today.weekday())
    days = (monday + dt.timedelta(days=n) for n in range(7))
    first = next((day for day in days if is_business_day(day)), None)
    if first is None or today < first:
        return 0
    with saved():
        periods = [p for p in all_periods() if p.first_day <= today <= p.last_day]
        return sum(
            tell_coordinators_of_alerts(period, monday) + tell_leaders_of_alerts(period, monday)
            for period in periods
        )


def send_action_letters() -> int:
    """On business days, what is due soon or overdue; returns how many letters are new."""
    today = clock.today()
    if not is_business_day(today):
        return 0
    with saved():
        periods = [p for p in all_periods() if p.first_day <= today <= p.last_day]
        return sum(tell_of_actions(period, today) for period in periods)


def tell_of_unresolved() -> int:
    """Once a business day, while letters wait for a decision; returns how many letters are new."""
    today = clock.today()
    if not is_business_day(today):
        return 0
    with saved():
        count = unresolved_count()
        return tell_coordinators_of_letters(count, today) if count else 0
