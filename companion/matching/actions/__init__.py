"""What is done in matching: runs kept, drafts worked on by hand, teams formed and decided."""

from companion.matching.actions.deciding import adopt_draft, adopt_run, content_hash
from companion.matching.actions.drafting import (
    begin_draft,
    change_teams,
    change_words,
    copy_draft,
    decide_on,
    redo,
    take_solution,
    undo,
)
from companion.matching.actions.running import as_json, change_settings, is_outdated, record_run

__all__ = [
    "adopt_draft",
    "adopt_run",
    "as_json",
    "begin_draft",
    "change_settings",
    "change_teams",
    "change_words",
    "content_hash",
    "copy_draft",
    "decide_on",
    "is_outdated",
    "record_run",
    "redo",
    "take_solution",
    "undo",
]
