"""What is done about meetings, visits and next actions: one function for each verb."""

from __future__ import annotations

from companion.activities.actions.drafts import drop_draft, save_draft
from companion.activities.actions.planning import (
    Faulty,
    cancel_activity,
    move_activity,
    plan_activity,
)
from companion.activities.actions.recording import record_activity, revise_activity
from companion.activities.actions.tasks import add_action, change_action, revise_action

__all__ = [
    "Faulty",
    "add_action",
    "cancel_activity",
    "change_action",
    "drop_draft",
    "move_activity",
    "plan_activity",
    "record_activity",
    "revise_action",
    "revise_activity",
    "save_draft",
]
