"""The answers behind R6: groups for cross tables, quotes, one row a respondent, the code book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge
from companion.core.db import db
from companion.freetexts.queries import chosen_quotes, tag_table
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.places.prefectures import REGION_OF
from companion.reports.figures import SurveyFigures
from companion.reports.packs.base import field_name
from companion.reports.tables import Column, DataSheet, Row
from companion.surveys.answers import CONSENT
from companion.surveys.crosstab import Group
from companion.surveys.definition import SurveyDefinition
from companion.surveys.facts import facts_of
from companion.surveys.models import AnswerSet as StoredAnswers
from companion.surveys.models import Invitation
from companion.surveys.queries import answer_sets, round_of
from companion.surveys.schema import FreeText, Matrix, Multi
from companion.surveys.tables import AnswerSet
from companion.surveys.tables import Table as Counted
from companion.surveys.terms import Identity
from companion.teams.models import Team

BANNERS = {"policy_field": "政策分野", "population_band": "人口規模", "region": "地域"}
BANDS: tuple[tuple[str, str, int], ...] = (
    ("under_5k", "5千人未満", 5_000),
    ("under_10k", "5千～1万人未満", 10_000),
    ("under_30k", "1万～3万人未満", 30_000),
    ("under_50k", "3万～5万人未満", 50_000),
    ("over_50k", "5万人以上", 10**9),
)


def known_answers(survey_id: str, period: Period) -> list[AnswerSet]:
    """The valid answers with the groups their respondents belong to.

    Only answers that carry their respondent's name have groups; of anonymous ones nothing is known.
    """
    survey_round = round_of(survey_id, period)
    if survey_round is None:
        return []
    if survey_round.identity is Identity.ANONYMOUS:
        return [AnswerSet(answers) for answers in answer_sets(survey_round)]
    rows = db.session.execute(
        select(StoredAnswers, Invitation)
        .join(Invitation, Invitation.id == StoredAnswers.invitation_id)
        .where(StoredAnswers.round_id == survey_round.id, StoredAnswers.is_withdrawn.is_(False))
        .options(
            joinedload(Invitation.official),
            joinedload(Invitation.team)
            .joinedload(Team.challenge)
            .options(joinedload(Challenge.municipality), selectinload(Challenge.fields)),
        )
        .order_by(StoredAnswers.id)
    )
    return [
        AnswerSet(
            stored.answers,
            banners=_groups(invitation.team),
            attrs=facts_of(invitation),
            team=str(invitation.team_id),
        )
        for stored, invitation in rows
    ]


def _groups(team: Team) -> dict[str, Sequence[str]]:
    challenge = team.challenge
    band = next(code for code, _, limit in BANDS if challenge.population < limit)
    return {
        "policy_field": [row.field_code for row in challenge.fields],
        "population_band": [band],
        "region": [challenge.municipality.region],
    }


def groups_of(banner: str) -> list[Group]:
    """Codes and labels of a banner in printed order."""
    if banner == "policy_field":
        return [(field.code, field_name(field)) for field in policy_fields()]
    if banner == "population_band":
        return [(code, label) for code, label, _ in BANDS]
    return [(region, region) for region in dict.fromkeys(REGION_OF.values())]


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
        if not isinstance(question, FreeText):
            continue
        for one in sets:
            text = one.answers.get(question.name)
            consent = one.answers.get(question.name + CONSENT)
            if text:
                words = {"yes": "可", "no": "不可"}.get(str(consent), "未確認")
                found.append((survey.defn.title, question.short, str(text), words))
    return [*sorted(found)]


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
