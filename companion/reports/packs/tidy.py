"""データ_集計 of R6: every counted figure of both surveys, one a row, for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from companion.reports.figures import SurveyFigures
from companion.reports.packs.base import share
from companion.reports.packs.question_sheets import numbered
from companion.reports.tables import Cell, Column, DataSheet, Row
from companion.surveys.crosstab import CrossRow, CrossTab
from companion.surveys.shares import HIDDEN
from companion.surveys.tables import Table

NAME = "データ_集計"
COLUMNS = (
    Column("year", "年度", "number", "西暦"),
    Column("survey", "調査", "code"),
    Column("version", "版", "code"),
    Column("table", "表番号", "code"),
    Column("question", "設問コード", "code"),
    Column("line", "項目コード", "code"),
    Column("banner", "区分軸", "code"),
    Column("category", "区分コード", "code"),
    Column("category_label", "区分"),
    Column("row_code", "選択肢コード", "code"),
    Column("row_label", "選択肢"),
    Column("count", "回答数", "number"),
    Column("base", "基数", "number"),
    Column("percent", "割合", "share", "％"),
    Column("mean", "平均", "mean", "点"),
)
TOTAL = "全体"
Start = tuple[Cell, ...]


def tidy_sheet(
    year: int,
    surveys: Sequence[SurveyFigures],
    crossed: dict[str, list[tuple[str, CrossTab]]],
) -> DataSheet:
    """All tables and cross tables, with the numbers they are printed under."""
    rows: list[Row] = []
    for survey in surveys:
        defn = survey.defn
        begun: Start = (year, defn.id, defn.version)
        number_of = {name: one.number for one in numbered(survey) for name in one.questions}
        for name, table in survey.tables.items():
            start = (*begun, number_of.get(name), name)
            if table.kind == "matrix":
                for line, part in zip(_lines(survey, name), table.parts, strict=True):
                    rows += _whole((*start, line), part)
            elif table.kind != "text":
                rows += _whole((*start, None), table)
        for banner, made in crossed[defn.id]:
            start = (*begun, number_of.get(made.question), made.question, None, banner)
            for row in made.rows:
                rows += _group((*start, row.code or None, row.label), made, row)
    return DataSheet(NAME, COLUMNS, rows)


def _lines(survey: SurveyFigures, name: str) -> list[str]:
    return [line.name for line in survey.defn.question(name).rows]  # type: ignore[union-attr]


def _whole(start: Start, table: Table) -> Iterator[Row]:
    begun = (*start, None, None, TOTAL)
    base: Cell = "x" if table.hidden else table.n
    for row in table.printed_rows:
        count: Cell = row.flag or row.count
        part: Cell = row.flag or share(row.count, table.n)
        yield (*begun, row.code or None, row.label, count, base, part, None)
    if table.kind != "multi":
        mean: Cell = None
        if table.hidden or table.mean_flag:
            mean = table.mean_flag or "x"
        elif table.score_sum is not None and table.n_scored:
            mean = Fraction(table.score_sum) / table.n_scored
        if mean is not None:
            scored: Cell = "x" if table.hidden or table.withheld else table.n_scored
            yield (*begun, None, "平均", None, scored, None, mean)
            if table.deviation_tenths is not None:
                spread = Fraction(table.deviation_tenths, 10)
                yield (*begun, None, "標準偏差", None, scored, None, spread)


def _group(start: Start, made: CrossTab, row: CrossRow) -> Iterator[Row]:
    base: Cell = "x" if row.hidden else row.n
    labels = dict(made.columns)
    for cell in (*row.cells, row.no_answer):
        count: Cell = cell.flag or cell.count
        part: Cell = cell.flag or share(cell.count, row.n)
        label = labels.get(cell.code, "無回答")
        yield (*start, cell.code or None, label, count, base, part, None)
    if made.has_mean:
        mean: Cell = row.mean_flag or (
            Fraction(row.mean_tenths, 10) if row.mean_tenths is not None else "…"
        )
        scored: Cell = "x" if row.mean_flag == HIDDEN and not row.n_scored else row.n_scored
        yield (*start, None, "平均", None, scored, None, mean)
