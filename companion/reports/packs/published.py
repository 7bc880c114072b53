"""The published results of one survey: its tables and cross tables of the public edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from companion.freetexts.queries import Quote, chosen_quotes
from companion.reports.figures import figures_of
from companion.reports.packs.question_sheets import (
    cross_sheets,
    crossed_of,
    key_of,
    numbered,
    question_sheets,
)
from companion.reports.packs.satisfaction import TERMS
from companion.reports.tables import PrintSheet
from companion.reports.terms import Edition
from companion.surveys.groups import grouped_answers
from companion.surveys.models import SurveyRound
from companion.surveys.tables import Table as Counted


@dataclass(frozen=True)
class Published:
    """What everybody reads of a survey.

    `charted` are the counted questions by the key of their printed table: both hide the same. The
    quotes are the edited ones that were decided on and consented to, at present.
    """

    sheets: list[PrintSheet]
    notes: tuple[str, ...]
    charted: Mapping[str, Counted]
    quotes: list[Quote]

    @property
    def quotes_by_question(self) -> list[tuple[str, list[Quote]]]:
        """The quotes under the short words of their question."""
        return [(key, list(rows)) for key, rows in groupby(self.quotes, lambda one: one.short)]


def published(survey_round: SurveyRound) -> Published:
    """The tables of a closed survey as its public edition prints them, with charts and quotes.

    Figures stand since the survey was closed; quotes come and go with the decision about them.

    Raises:
        ValueError: the survey is not closed.
    """
    survey = figures_of(survey_round, is_public=True)
    if survey is None:
        raise ValueError(f"round {survey_round.public_id} has no results to publish")
    crossed = crossed_of(survey, grouped_answers(survey_round), Edition.PUBLIC)
    return Published(
        sheets=[*question_sheets(survey), *cross_sheets(survey, crossed)],
        notes=(*TERMS, *survey.version_notes),
        charted={
            key_of(one, name): survey.tables[name]
            for one in numbered(survey)
            for name in one.questions
        },
        quotes=chosen_quotes(survey_round),
    )
