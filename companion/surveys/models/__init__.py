"""Published versions, rounds, who is invited, drafts and answers.

The level of identity is in the schema: a round carries its version's level through a composite
foreign key, an answer carries its round's, and a check lets an anonymous answer have nothing
that leads to a person: no invitation, no time, no name. Its key is random and, on SQLite, the
table has no row ids, so that neither order nor number says when it came.
"""

from __future__ import annotations

from companion.surveys.models.answers import (
    LEADS_TO_NOBODY,
    AnswerDraft,
    AnswerSet,
    FormReturn,
    Receipt,
    SealedAnswer,
)
from companion.surveys.models.rounds import (
    Invitation,
    Reminder,
    ReminderChange,
    ResponseDay,
    SurveyRound,
)
from companion.surveys.models.versions import SurveyDraft, SurveyDraftStep, SurveyVersion

__all__ = [
    "LEADS_TO_NOBODY",
    "AnswerDraft",
    "AnswerSet",
    "FormReturn",
    "Invitation",
    "Receipt",
    "Reminder",
    "ReminderChange",
    "ResponseDay",
    "SealedAnswer",
    "SurveyDraft",
    "SurveyDraftStep",
    "SurveyRound",
    "SurveyVersion",
]
