"""The answers behind R6: groups for cross tables, quotes, one row a respondent, the code book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from companion.freetexts.queries import chosen_quotes, tag_table
from companion.periods.models import Period
from companion.reports.figures import SurveyFigures
from companion.reports.tables import Column, DataSheet, Row
from companion.surveys.answers import CONSENT
from companion.surveys.definition import SurveyDefinition
from companion.surveys.groups import BANNERS, grouped_answers, groups_of
from companion.surveys.queries import round_of
from companion.surveys.schema import FreeText, Matrix, Multi
from companion.surveys.tables import AnswerSet
from companion.surveys.tables import Table as Counted
from companion.surveys.terms import Identity


def known_answers(survey_id: str, period: Period) -> list[AnswerSet]:
    """The valid answers of a year's round with the groups their respondents belong to."""
    survey_round = round_of(survey_id, period)
    return grouped_answers(survey_round) if survey_round else []


__all__ = [
    "BANNERS",
    "answer_sheet",
    "code_book",
    "groups_of",
    "known_answers",
    "quotes",
    "tag_tables",
    "too_few",
]


def quotes(
    survey: SurveyFigures, sets: Sequence[AnswerSet], period: Period, *, is_public: bool
) -> list[Row]:
    """(survey, question, text, consent) of the free texts.

    Publicly the edited quotes that were decided on and consented to, never an original. Texts are
    in the order of the words themselves, so that their place tells nothing.
    """
    found: list[tuple[str, str, str, str]] = []
    if is_public:
        survey_round = round_of(survey.defn.id, period)
        chosen = chosen_quotes(survey_round) if survey_round else []
        return [(survey.defn.title, one.short, one.words, one.consent.label) for one in chosen]
    for question in survey.defn.questions:
        if not isinstance(question, FreeText) or too_few(survey):
            continue
        for one in sets:
            text = one.answers.get(question.name)
            consent = one.answers.get(question.name + CONSENT)
            if text:
                words = {"yes": "可", "no": "不可"}.get(str(consent), "未確認")
                found.append((survey.defn.title, question.short, str(text), words))
    return [*sorted(found)]


def too_few(survey: SurveyFigures) -> bool:
    """Whether no single answer may be shown: without names, and of too few people."""
    is_named = survey.identity is Identity.IDENTIFIED
    return not is_named and survey.answered < survey.defn.min_base


def tag_tables(survey: SurveyFigures, period: Period, *, is_public: bool) -> list[Counted]:
    """The free texts that were coded, counted by tag, question by question."""
    survey_round = round_of(survey.defn.id, period)
    if survey_round is None:
        return []
    least = None if is_public else 0
    made = [
        tag_table(survey_round, question.name, min_base=least)
        for question in survey.defn.questions
        if isinstance(question, FreeText)
    ]
    return [table for table in made if table is not None]


def answer_sheet(survey: SurveyFigures, sets: Sequence[AnswerSet], name: str) -> DataSheet:
    """One row a respondent: codes, several answers as columns of 0 and 1."""
    columns, readers = _columns_of(survey.defn)
    named = sorted(sets, key=lambda one: repr(sorted(one.answers.items(), key=str)))
    rows: list[Row] = [
        (number, *(read(one.answers) for read in readers)) for number, one in enumerate(named, 1)
    ]
    return DataSheet(name, (Column("row", "行番号", "number"), *columns), rows)


def _columns_of(defn: SurveyDefinition) -> tuple[list[Column], list[Any]]:
    columns: list[Column] = []
    readers: list[Any] = []

    def add(name: str, style: str, read: Any) -> None:
        columns.append(Column(name, name, style))
        readers.append(read)

    for question in defn.questions:
        name = question.name
        if question.type == "note":
            continue
        if isinstance(question, Multi):
            for choice in question.choice_list(defn):
                add(f"{name}/{choice.name}", "number", _ticked(name, choice.name))
        elif isinstance(question, Matrix):
            for line in question.rows:
                add(f"{name}/{line.name}", "code", _of_line(name, line.name))
        elif question.type == "number":
            add(name, "number", _number(name))
        else:
            add(name, "code", _plain(name))
    return columns, readers


def _ticked(name: str, code: str) -> Any:
    return lambda given: int(code in (given.get(name) or ()))


def _of_line(name: str, line: str) -> Any:
    return lambda given: (given.get(name) or {}).get(line)


def _number(name: str) -> Any:
    def read(given: dict[str, Any]) -> int | float | None:
        if given.get(name) in (None, ""):
            return None
        value = Decimal(str(given[name]))
        return int(value) if value == value.to_integral_value() else float(value)

    return read


def _plain(name: str) -> Any:
    return lambda given: None if given.get(name) is None else str(given[name])


def code_book(surveys: Sequence[SurveyFigures]) -> DataSheet:
    """符号表: every question and choice with its code, label and score."""
    return DataSheet(
        "符号表",
        (
            Column("survey", "調査"),
            Column("version", "版", "code"),
            Column("number", "番号", "code"),
            Column("name", "設問コード", "code"),
            Column("type", "型", "code"),
            Column("question", "設問"),
            Column("code", "選択肢コード", "code"),
            Column("label", "選択肢"),
            Column("score", "得点", "number"),
            Column("missing", "欠測の種類", "code"),
        ),
        list(_codes(surveys)),
    )


def _codes(surveys: Sequence[SurveyFigures]) -> Iterator[Row]:
    for survey in surveys:
        defn = survey.defn
        for question in defn.questions:
            if question.type == "note":
                continue
            start = (
                defn.id,
                defn.version,
                defn.numbers[question.name],
                question.name,
                question.type,
                question.label,
            )
            choices = getattr(question, "choice_list", None)
            listed = choices(defn) if choices else []
            if isinstance(question, Matrix):
                for line in question.rows:
                    yield (*start, line.name, line.label, None, None)
            for choice in listed:
                yield (*start, choice.name, choice.label, choice.score, choice.missing)
            if not listed and not isinstance(question, Matrix):
                yield (*start, None, None, None, None)
