"""Taking lists in: plan first, let a person look, then one transaction."""

from __future__ import annotations

from companion.applications.actions.planning import (
    Entry,
    ListKind,
    Plan,
    add_list,
    plan_import,
    refused_workbook,
    summary,
)
from companion.applications.actions.staging import (
    Stale,
    confirm_import,
    discard_import,
    look_again,
    plan_of,
    stage_import,
)
from companion.applications.actions.writing import apply_plan

__all__ = [
    "Entry",
    "ListKind",
    "Plan",
    "Stale",
    "add_list",
    "apply_plan",
    "confirm_import",
    "discard_import",
    "look_again",
    "plan_import",
    "plan_of",
    "refused_workbook",
    "stage_import",
    "summary",
]
