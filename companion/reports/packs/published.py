"""The published results of one survey: its tables and cross tables of the public edition."""

from __future__ import annotations

from companion.reports.figures import survey_figures
from companion.reports.packs.answers import known_answers
from companion.reports.packs.question_sheets import cross_sheets, crossed_of, question_sheets
from companion.reports.packs.satisfaction import TERMS
from companion.reports.tables import PrintSheet
from companion.reports.terms import Edition
from companion.surveys.models import SurveyRound


def published_sheets(survey_round: SurveyRound) -> tuple[list[PrintSheet], tuple[str, ...]]:
    """The sheets of a closed survey as its public edition prints them, and the notes to them.

    Only figures that stand since the survey was closed: what is decided later (which free texts
    are quoted, how they are sorted) comes out in the workbook alone.

    Raises:
        ValueError: the survey is not closed, or a short one.
    """
    period, survey_id = survey_round.period, survey_round.survey_id
    survey = None
    if not survey_round.occasion:
        survey = survey_figures(survey_id, period, is_public=True)
    if survey is None:
        raise ValueError(f"round {survey_round.public_id} has no results to publish")
    crossed = crossed_of(survey, known_answers(survey_id, period), Edition.PUBLIC)
    sheets = [*question_sheets(survey), *cross_sheets(survey, crossed)]
    return sheets, (*TERMS, *survey.version_notes)
