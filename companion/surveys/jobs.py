"""What the process beside the web server does for surveys."""

from __future__ import annotations

from companion.core.db import saved
from companion.surveys.reminding import remind_all


def send_reminders() -> int:
    """Put the reminders that are due into the outbox; returns how many are new."""
    with saved():
        return remind_all()
