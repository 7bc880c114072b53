"""R6 満足度集計: both surveys counted once, printed whole, with data, code book and checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from companion.core.sheets.writer import Value
from companion.periods.models import Period
from companion.reports.figures import SatisfactionFigures, SurveyFigures, satisfaction_figures
from companion.reports.packs import activity
from companion.reports.packs.answers import (
    answer_sheet,
    code_book,
    known_answers,
    quotes,
    tag_tables,
    too_few,
)
from companion.reports.packs.base import begin
from companion.reports.packs.collected import collection_sheet, outline
from companion.reports.packs.comparing import period_before
from companion.reports.packs.question_sheets import cross_sheets, crossed_of, question_sheets
from companion.reports.packs.rosters import field_table
from companion.reports.packs.summary import summary_table
from companion.reports.packs.survey_tables import printed
from companion.reports.packs.tidy import tidy_sheet
from companion.reports.tables import CheckLine, Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.surveys.checks import Check, checks
from companion.surveys.crosstab import CrossTab

TITLE = "満足度集計"
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
NAMES = {
    "municipality_eval": "伴走支援自治体アンケート",
    "official_eval": "地方創生支援官アンケート",
}
WIDE_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")
TERMS = (
    "S.A.は一つだけ選ぶ質問、M.A.は複数回答の質問、S.Q.は該当する人だけにたずねた質問。",
    "M.T.は回答数の計をnで割った割合。複数回答の割合の合計は100％を超える。",
    "平均は点数のある回答の合計を点数のある回答の数で割る。「わからない」等はnと割合に含め、"
    "平均から除く。",
    "クロス表の割合は横％。nが基準（秘匿の下限）に満たない区分と、差し引きで分かる区分は「x」。",
)


def build(period: Period, edition: Edition) -> Report:
    """The workbook of both surveys; a survey that is not closed is named as missing."""
    is_public = edition is Edition.PUBLIC
    figures = satisfaction_figures(period, is_public=is_public)
    earlier = period_before(period)
    before = satisfaction_figures(earlier, is_public=is_public) if earlier else None
    closed = {key: survey for key, survey in figures.surveys.items() if survey}
    sets = {key: known_answers(key, period) for key in closed}
    crossed = {key: crossed_of(survey, sets[key], edition) for key, survey in closed.items()}
    texts = [
        row
        for key, survey in closed.items()
        for row in quotes(survey, sets[key], period, is_public=is_public)
    ]
    sheets = [
        PrintSheet("調査概要", (outline(figures, NAMES),)),
        *(collection_sheet(survey) for survey in closed.values()),
        PrintSheet("総括表", (summary_table(figures, NAMES, before),)),
    ]
    for key, survey in closed.items():
        sheets += question_sheets(survey)
        sheets += cross_sheets(survey, crossed[key])
    sheets.append(PrintSheet("分野別", (field_table(figures.teams),)))
    if closed:
        tagged = [
            printed(
                survey,
                table,
                key=f"分類_{key}_{table.question}",
                title=table.title,
                with_chart=False,
            )
            for key, survey in closed.items()
            for table in tag_tables(survey, period, is_public=is_public)
        ]
        sheets.append(PrintSheet("自由記述", (_quotes(texts, is_public), *tagged)))
    sheets.append(PrintSheet("活動実績", (activity.team_table(period),)))
    data = []
    if closed:
        listed = list(closed.values())
        data = [tidy_sheet(period.fiscal_year, listed, crossed), code_book(listed)]
    if not is_public:
        data += [
            answer_sheet(survey, sets[key], f"データ_回答_{survey.defn.audience}")
            for key, survey in closed.items()
            if not too_few(survey)
        ]
    return begin(
        "satisfaction",
        TITLE,
        period,
        edition,
        sheets=tuple(sheets),
        data=tuple(data),
        facts=_facts(figures),
        missing=_missing(figures, crossed),
        checks=tuple(_checks(figures, closed, crossed)),
        notes=(*TERMS, *(note for one in closed.values() for note in one.version_notes)),
        as_of=figures.counted_at,
        slides=("分野別", "表1-1_overall", "表2-1_overall", "表2-2_reasons"),
    )


def _facts(figures: SatisfactionFigures) -> tuple[tuple[str, str], ...]:
    facts = []
    for key, survey in figures.surveys.items():
        words = (
            f"{survey.defn.id} 版 {survey.defn.version}"
            f"　有効回答 {survey.answered}／配布 {survey.invited}　データ {survey.data_hash[:8]}"
            if survey
            else "終了していないため、集計に含まれていません。"
        )
        facts.append((NAMES[key], words))
    return tuple(facts)


def _missing(
    figures: SatisfactionFigures, crossed: dict[str, list[tuple[str, CrossTab]]]
) -> tuple[str, ...]:
    found = [
        f"{NAMES[key]}は終了していません。" for key, one in figures.surveys.items() if one is None
    ]
    for key, survey in figures.surveys.items():
        if survey and survey.answered == 0:
            found.append(f"{NAMES[key]}の回答がありません。")
        if survey and survey.defn.crosstabs and not crossed.get(key):
            found.append(f"{NAMES[key]}は無記名のため、回答者の属性がなく、クロス表を作れません。")
    return tuple(found)


def _quotes(rows: Sequence[Row], is_public: bool) -> Table:
    return Table(
        "自由記述",
        "自由記述",
        (
            Column("survey", "調査", width=26),
            Column("question", "質問", width=24),
            Column("text", "記述", width=80),
            Column("consent", "掲載の同意", "code", width=12),
        ),
        rows,
        base="回答者が同意し、掲載を決めた掲載文だけを示す。"
        if is_public
        else "すべての記述（内部限り）。",
        n=len(rows),
        notes=("並びは文字の順で、回答の順ではない。",),
        has_data=False,
    )


def _checks(
    figures: SatisfactionFigures,
    closed: dict[str, SurveyFigures],
    crossed: dict[str, list[tuple[str, CrossTab]]],
) -> list[CheckLine]:
    found: list[Check] = []
    for key, survey in closed.items():
        found += checks(
            survey.defn,
            survey.tables,
            valid=survey.answered,
            invited=survey.invited,
            crosstabs=[made for _, made in crossed[key]],
        )
    return [
        CheckLine(one.name, _value(one.expected), _value(one.found), one.ok, one.note)
        for one in found
    ]


def _value(written: str) -> Value:
    """A number as one; whatever else as words."""
    return Fraction(written.replace(",", "")) if _NUMBER.fullmatch(written) else written
