"""R6 満足度集計: both surveys counted once, printed whole, with data, code book and checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from companion.core.clock import to_jst
from companion.core.wareki import wareki
from companion.periods.models import Period
from companion.reports.packs.answers import (
    BANNERS,
    answer_sheet,
    code_book,
    groups_of,
    known_answers,
    quotes,
)
from companion.reports.packs.base import begin
from companion.reports.packs.rosters import field_table
from companion.reports.packs.summary import summary_table
from companion.reports.packs.survey_tables import AUDIENCES, cross, matrix, printed, rate
from companion.reports.queries import SatisfactionFigures, SurveyFigures, satisfaction_figures
from companion.reports.tables import CheckLine, Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.surveys.checks import Check, checks
from companion.surveys.crosstab import CrossTab, crosstabs
from companion.surveys.schema import Matrix
from companion.surveys.tables import AnswerSet
from companion.surveys.terms import Identity

TITLE = "満足度集計"
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
    figures = satisfaction_figures(period, is_public=edition is Edition.PUBLIC)
    closed = {key: survey for key, survey in figures.surveys.items() if survey}
    sets = {key: known_answers(key, period) for key in closed}
    crossed = {key: _crossed(survey, sets[key], edition) for key, survey in closed.items()}
    is_public = edition is Edition.PUBLIC
    texts = [
        row
        for key, survey in closed.items()
        for row in quotes(survey, sets[key], is_public=is_public)
    ]
    sheets = [
        PrintSheet("調査概要", (_outline(figures),)),
        PrintSheet("総括表", (summary_table(figures, NAMES),)),
    ]
    for key, survey in closed.items():
        sheets += _table_sheets(survey)
        sheets += _cross_sheets(survey, crossed[key])
    sheets.append(PrintSheet("分野別", (field_table(figures.teams),)))
    if closed:
        sheets.append(PrintSheet("自由記述", (_quotes(texts, is_public),)))
    data = [code_book(list(closed.values()))] if closed else []
    if not is_public:
        data += [
            answer_sheet(survey, sets[key], f"データ_回答_{survey.defn.audience}")
            for key, survey in closed.items()
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
        notes=TERMS,
        as_of=figures.counted_at,
        slides=("分野別", "表1-1_overall", "表2-1_overall", "表2-2_reasons"),
    )


def _facts(figures: SatisfactionFigures) -> tuple[tuple[str, str], ...]:
    facts = []
    for key, survey in figures.surveys.items():
        words = (
            f"版 {survey.defn.version}　有効回答 {survey.answered}／配布 {survey.invited}"
            f"　データ {survey.data_hash[:8]}"
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


def _outline(figures: SatisfactionFigures) -> Table:
    rows: list[Row] = []
    for key, survey in figures.surveys.items():
        name = NAMES[key]
        if survey is None:
            rows.append((name, "状況", "終了していません。"))
            continue
        opened, closed = (to_jst(m).date() for m in (survey.opened_at, survey.closed_at))
        asked = "、".join(q.short for q in survey.defn.questions if q.type != "note")
        kind = {"identified": "記名", "confidential": "秘密扱い", "anonymous": "無記名"}
        rows += [
            (name, "調査方法", f"ウェブ又はExcelによる回答（{kind[survey.identity.value]}）"),
            (name, "調査期間", f"{wareki(opened)}～{wareki(closed)}"),
            (
                name,
                "回収状況",
                f"配布数 {survey.invited}、有効回答数 {survey.answered}、"
                f"回収率 {rate(survey.answered, survey.invited)}",
            ),
            (name, "質問事項", asked),
        ]
    return Table(
        "調査概要",
        "調査概要",
        (
            Column("survey", "調査", width=30),
            Column("item", "項目", width=16),
            Column("words", "内容", width=80),
        ),
        rows,
        has_data=False,
    )


def _table_sheets(survey: SurveyFigures) -> list[PrintSheet]:
    made, shown = [], set()
    for wanted in survey.defn.export.tables:
        tables = []
        for place, name in enumerate(wanted.questions):
            shown.add(name)
            shown_table = printed(
                survey,
                survey.tables[name],
                key=f"表{wanted.id}_{name}",
                title=wanted.title if not place else survey.tables[name].title,
                with_chart=not place,
            )
            label = f"表{wanted.id.translate(WIDE_DIGITS)}" if not place else ""
            tables.append(replace(shown_table, number=label))
        first = survey.tables[wanted.questions[0]]
        made.append(PrintSheet(f"表{wanted.id} {wanted.sheet or first.title}", tuple(tables)))
    rest = [q for q in survey.defn.questions if q.name not in shown and q.name in survey.tables]
    number = len(made)
    prefix = survey.defn.export.tables[0].id.partition("-")[0] if made else "1"
    for question in rest:
        table = survey.tables[question.name]
        if table.kind == "text" or (not table.rows and not table.parts):
            continue
        number += 1
        prefix = (
            survey.defn.export.tables[0].id.partition("-")[0] if survey.defn.export.tables else "1"
        )
        key = f"表{prefix}-{number}_{question.name}"
        one = (
            matrix(survey, table, key=key)
            if isinstance(question, Matrix)
            else printed(
                survey,
                table,
                key=key,
                title=f"{AUDIENCES[survey.defn.audience]}　{table.title}",
                with_chart=True,
            )
        )
        name = f"表{prefix}-{number}"
        one = replace(one, number=name.translate(WIDE_DIGITS))
        made.append(PrintSheet(f"{name} {table.title}"[:31], (one,)))
    return made


def _crossed(
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
            {banner: groups_of(banner) for banner in banners},
            min_base=0 if is_open else None,
        )
        found += [(banner, made[banner]) for banner in banners]
    return found


def _cross_sheets(
    survey: SurveyFigures, crossed: Sequence[tuple[str, CrossTab]]
) -> list[PrintSheet]:
    by_banner: dict[str, list[Table]] = {}
    for banner, made in crossed:
        key = f"クロス_{banner}_{made.question}"
        label = BANNERS[banner]
        by_banner.setdefault(label, []).append(cross(survey, made, key=key, banner=label))
    return [
        PrintSheet(f"クロス_{label}", tuple(tables), page_per_table=True)
        for label, tables in by_banner.items()
    ]


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
        base="掲載の同意があるものだけを示す。" if is_public else "すべての記述（内部限り）。",
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
        CheckLine(one.name, str(one.expected), str(one.found), one.ok, one.note) for one in found
    ]
