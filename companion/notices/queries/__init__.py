"""Reading what goes out, and what needs a look."""

from companion.notices.queries.outbox import (
    Post,
    find_troubled,
    find_waiting,
    outbox,
    planned,
    unresolved_count,
)
from companion.notices.queries.watch import (
    TeamAlerts,
    alerts_by_team,
    key_of,
    limits_of,
    not_told,
    page_of_alerts,
    repeat_days_of,
    team_alerts,
)

__all__ = [
    "Post",
    "TeamAlerts",
    "alerts_by_team",
    "find_troubled",
    "find_waiting",
    "key_of",
    "limits_of",
    "not_told",
    "outbox",
    "page_of_alerts",
    "planned",
    "repeat_days_of",
    "team_alerts",
    "unresolved_count",
]
