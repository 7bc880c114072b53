"""Reading surveys: who is invited, how far they are, and, after closing, what was answered."""

from __future__ import annotations

from companion.surveys.queries.answers import (
    answer_sets,
    counted_answers,
    draft_of,
    hash_of,
    is_too_small,
    named_answers,
    standing_answer,
)
from companion.surveys.queries.invitations import (
    find_invitation,
    invitation_by_token,
    invitations_of,
    is_addressee,
    own_invitations,
    reminded_times,
    reminders_of,
)
from companion.surveys.queries.results import find_published, published_rounds
from companion.surveys.queries.rounds import (
    counts_by_round,
    definition_of,
    find_round,
    invited_count,
    population,
    round_of,
    rounds_of,
    submitted_count,
)
from companion.surveys.queries.sharedtexts import SharedTexts, may_share_texts, shared_texts

__all__ = [
    "SharedTexts",
    "answer_sets",
    "counted_answers",
    "counts_by_round",
    "definition_of",
    "draft_of",
    "find_invitation",
    "find_published",
    "find_round",
    "hash_of",
    "invitation_by_token",
    "invitations_of",
    "invited_count",
    "is_addressee",
    "is_too_small",
    "may_share_texts",
    "named_answers",
    "own_invitations",
    "population",
    "published_rounds",
    "reminded_times",
    "reminders_of",
    "round_of",
    "rounds_of",
    "shared_texts",
    "standing_answer",
    "submitted_count",
]
