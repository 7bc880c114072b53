"""What is done about briefings: one function for each verb."""

from __future__ import annotations

from companion.briefings.actions.publishing import (
    add_unsuitable_day,
    publish_programme,
    remove_unsuitable_day,
    withdraw_programme,
)
from companion.briefings.actions.seating import move_team, propose, take_back, take_out
from companion.briefings.actions.sessions import (
    SessionWords,
    change_session,
    make_sessions,
    remove_session,
)

__all__ = [
    "SessionWords",
    "add_unsuitable_day",
    "change_session",
    "make_sessions",
    "move_team",
    "propose",
    "publish_programme",
    "remove_session",
    "remove_unsuitable_day",
    "take_back",
    "take_out",
    "withdraw_programme",
]
