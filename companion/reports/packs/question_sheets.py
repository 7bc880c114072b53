"""The print sheets of a survey in R6: a question or two a sheet, then the cross tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from companion.reports.figures import SURVEYS, SurveyFigures
from companion.reports.packs.answers import BANNERS, groups_of
from companion.reports.packs.survey_tables import AUDIENCES, cross, matrix, printed
from companion.reports.tables import PrintSheet, Table
from companion.reports.terms import Edition
from companion.surveys.crosstab import CrossTab, crosstabs
from companion.surveys.schema import Matrix
from companion.surveys.tables import AnswerSet
from companion.surveys.terms import Identity

WIDE_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True)
class Numbered:
    """A sheet of tables: its number (「2-2」), name, title of the first table, questions."""

    number: str
    sheet: str
    title: str
    questions: tuple[str, ...]


def numbered(survey: SurveyFigures) -> list[Numbered]:
    """The sheets as the definition lists them, then the other questions that are counted."""
    defn = survey.defn
    made = [
        Numbered(
            wanted.id,
            wanted.sheet or survey.tables[wanted.questions[0]].title,
            wanted.title,
            tuple(wanted.questions),
        )
        for wanted in defn.export.tables
    ]
    shown = {name for one in made for name in one.questions}
    first = str(SURVEYS.index(defn.id) + 1) if defn.id in SURVEYS else "1"
    prefix = made[0].number.partition("-")[0] if made else first
    for question in defn.questions:
        table = survey.tables.get(question.name)
        if table is None or question.name in shown or table.kind == "text":
            continue
        if table.rows or table.parts:
            title = f"{AUDIENCES[defn.audience]}　{table.title}"
            number = f"{prefix}-{len(made) + 1}"
            made.append(Numbered(number, table.title, title, (question.name,)))
    return made


def key_of(one: Numbered, question: str) -> str:
    """The key of a question's table in a sheet."""
    return f"表{one.number}_{question}"


def question_sheets(survey: SurveyFigures) -> list[PrintSheet]:
    """Every numbered sheet with its tables; the first of each has a chart."""
    made = []
    for one in numbered(survey):
        tables = []
        for place, name in enumerate(one.questions):
            key = key_of(one, name)
            table, title = survey.tables[name], one.title if not place else ""
            if isinstance(survey.defn.question(name), Matrix):
                shown = matrix(survey, table, key=key, title=title or table.title)
            else:
                shown = printed(
                    survey, table, key=key, title=title or table.title, with_chart=not place
                )
            label = f"表{one.number.translate(WIDE_DIGITS)}" if not place else ""
            tables.append(replace(shown, number=label))
        made.append(PrintSheet(f"表{one.number} {one.sheet}"[:31], tuple(tables)))
    return made


def crossed_of(
    survey: SurveyFigures, sets: Sequence[AnswerSet], edition: Edition
) -> list[tuple[str, CrossTab]]:
    """Every declared banner that is known of the respondents, by question."""
    known = {banner for one in sets for banner in one.banners}
    wanted: dict[str, list[str]] = {}
    for declared in survey.defn.crosstabs:
        if declared.banner in known & set(BANNERS):
            for name in declared.of:
                wanted.setdefault(name, []).append(declared.banner)
    # Named answers are the coordinators' own, whole in the internal edition.
    is_open = survey.identity is Identity.IDENTIFIED and edition is Edition.INTERNAL
    found = []
    for name, banners in wanted.items():
        made = crosstabs(
            survey.defn,
            name,
            sets,
            {banner: groups_of(banner, sets) for banner in banners},
            min_base=0 if is_open else None,
        )
        found += [(banner, made[banner]) for banner in banners]
    return found


def cross_sheets(
    survey: SurveyFigures, crossed: Sequence[tuple[str, CrossTab]]
) -> list[PrintSheet]:
    """A sheet a banner, a page a question."""
    by_banner: dict[str, list[Table]] = {}
    for banner, made in crossed:
        key = f"クロス_{banner}_{made.question}"
        label = BANNERS[banner]
        by_banner.setdefault(label, []).append(cross(survey, made, key=key, banner=label))
    return [
        PrintSheet(f"クロス_{label}", tuple(tables), page_per_table=True)
        for label, tables in by_banner.items()
    ]
