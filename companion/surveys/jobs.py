"""What the process beside the web server does for surveys."""

from __future__ import annotations

from companion.core.db import db, saved
from companion.surveys.reminding import remind_all
from companion.surveys.terms import Identity
from companion.surveys.wiping import rewrite, rounds_with_traces


def send_reminders() -> int:
    """Put the reminders that are due into the outbox; returns how many are new."""
    with saved():
        return remind_all()


def wipe_traces() -> int:
    """Free the files of the database of what closed rounds deleted; returns the rounds done."""
    with saved():
        found = rounds_with_traces()
        ids = {one.id for one in found}
        with_files = any(one.identity is Identity.CONFIDENTIAL for one in found)
    if not ids:
        return 0
    rewrite(db.engine, with_files=with_files)
    with saved():
        for survey_round in rounds_with_traces():
            survey_round.has_traces = survey_round.id not in ids
    return len(ids)
