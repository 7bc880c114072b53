"""What people do with surveys: opening and closing a round, answering it."""

from companion.surveys.actions.answers import (
    Arrival,
    answers_handed_in,
    check_open,
    check_taking,
    save_page,
    submit,
    takes_until,
)
from companion.surveys.actions.results import publish_results, take_back_results
from companion.surveys.actions.rounds import DEFAULT_DAYS, close_round, open_round
from companion.surveys.actions.samples import record_answer_sets

__all__ = [
    "DEFAULT_DAYS",
    "Arrival",
    "answers_handed_in",
    "check_open",
    "check_taking",
    "close_round",
    "open_round",
    "publish_results",
    "record_answer_sets",
    "save_page",
    "submit",
    "take_back_results",
    "takes_until",
]
