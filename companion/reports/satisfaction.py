"""「満足度集計」: the satisfaction workbook as it is handed in.

Cover, summary, one sheet for each table the surveys name, teams by policy field, checks. Sheets
hold values; only 検算 holds live formulas, so that a reader can compute the figures again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from companion.core import clock
from companion.core.sheets import charts
from companion.core.sheets.writer import (
    Value,
    add_sheet,
    new_book,
    put,
    put_formula,
    row_height,
    save_bytes,
    set_page,
)
from companion.core.wareki import wareki
from companion.periods.models import Period
from companion.reports.queries import (
    SatisfactionFigures,
    SurveyFigures,
    satisfaction_figures,
)
from companion.surveys.checks import Check
from companion.surveys.schema import ExportTable
from companion.surveys.shares import (
    about_wari,
    format_mean,
    format_share,
    response_rate,
    share_tenths,
)
from companion.surveys.tables import ROUNDING_NOTE, Row, Table, numbered_notes

CLASSIFICATION = "取扱注意"
AUDIENCES = {"municipality": "伴走支援自治体", "official": "地方創生支援官"}
UNITS = {"organisation": ("団体", "団体、％"), "person": ("人", "人、％")}
NAMES = {
    "municipality_eval": "伴走支援自治体アンケート",
    "official_eval": "地方創生支援官アンケート",
}
LABEL_WIDTH = 46.0
WIDE_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass
class Proof:
    """A live formula of 検算: what it shows, the value it must give, and the formula itself."""

    name: str
    expected: int | Fraction
    formula: str
    number_format: str = "#,##0"


@dataclass
class Made:
    """The workbook under way, with the alternative texts and proofs its sheets hand over."""

    book: Workbook
    figures: SatisfactionFigures
    proofs: list[Proof] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def picture(self, text: str) -> None:
        """Note the alternative text of the sheet's chart (one chart a sheet, in sheet order)."""
        self.pictures.append(text)


def satisfaction_workbook(period: Period) -> bytes:
    """The workbook of a period as .xlsx; the same data give the same bytes."""
    figures = satisfaction_figures(period)
    made = Made(new_book(f"{period.name} 満足度集計"), figures)
    _cover(made)
    _summary(made)
    for survey in figures.surveys.values():
        if survey:
            for table in survey.defn.export.tables:
                _table_sheet(made, survey, table)
    _field_sheet(made)
    _check_sheet(made)
    at = figures.counted_at or clock.at_jst(period.first_day, dt.time())
    data = save_bytes(made.book, at=at)
    texts = {
        f"xl/drawings/drawing{number}.xml": [text] for number, text in enumerate(made.pictures, 1)
    }
    return charts.describe_charts(data, texts)


def _widths(sheet: Worksheet, *widths: float) -> None:
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width


def _align(cell: Cell, **changes: Any) -> None:
    """Change some of a cell's alignment; styles are shared, so a copy is changed."""
    alignment = copy(cell.alignment)
    for name, value in changes.items():
        setattr(alignment, name, value)
    cell.alignment = alignment


def _lines(sheet: Worksheet, row: int, lines: list[str], style: str, *, width: float) -> int:
    """Text running over the table's columns, a row each; returns the first free row."""
    for text in lines:
        cell = put(sheet, row, 1, text, style)
        _align(cell, wrap_text=False, vertical="center")
        row += 1
    return row


# --- cover and summary ---------------------------------------------------------------------------


def _cover(made: Made) -> None:
    figures, period = made.figures, made.figures.period
    sheet = add_sheet(made.book, "表紙")
    _widths(sheet, 4, 24, 60)
    put(sheet, 4, 2, "地方創生伴走支援制度　満足度集計", "title")
    put(sheet, 5, 2, f"{period.name}（{period.fiscal_year}年度）　{period.ordinal}", "subtitle")
    rows = [("作成", period.secretariat), ("取扱区分", CLASSIFICATION)]
    counted = figures.counted_at
    rows.append(
        ("集計の基準日時", _moment(counted) if counted else "終了したアンケートはまだありません")
    )
    for survey_id, survey in figures.surveys.items():
        if survey:
            words = (
                f"版 {survey.defn.version}　有効回答 {survey.answered}／配布 {survey.invited}"
                f"　データ {survey.data_hash[:8]}"
            )
        else:
            words = "終了していないため、集計に含まれていません。"
        rows.append((NAMES[survey_id], words))
    rows.append(("データの識別", figures.data_hash))
    if period.is_demo:
        rows.append(("注意", "デモ、架空のデータ"))
    for offset, (label, words) in enumerate(rows):
        put(sheet, 8 + offset, 2, label, "heading")
        put(sheet, 8 + offset, 3, words, "text")
        sheet.row_dimensions[8 + offset].height = row_height([words], [60], least=24)
    put(sheet, 9 + len(rows), 2, "同じデータからは、いつも同じファイルができます。", "note")
    set_page(sheet, classification=CLASSIFICATION)


def _moment(moment: dt.datetime) -> str:
    local = clock.to_jst(moment)
    return f"{wareki(local.date())}{local.hour}時{local.minute:02}分"


def _rate(answered: int, invited: int) -> str:
    tenths = response_rate(answered, invited)
    return f"{format_share(tenths, answered)}％" if tenths is not None else "…"


def _base(survey: SurveyFigures, table: Table) -> str:
    unit = UNITS[survey.defn.unit][1]
    return (
        f"対象：{AUDIENCES[survey.defn.audience]}　n={table.n_text}／配布数{survey.invited}"
        f"（回収率{_rate(survey.answered, survey.invited)}）　単位：{unit}"
    )


def _summary(made: Made) -> None:
    sheet = add_sheet(made.book, "総括表")
    _widths(sheet, 34, 16, 12, 62)
    put(sheet, 1, 1, "総括表", "title")
    put(
        sheet,
        2,
        1,
        f"{made.figures.period.name}　地方創生伴走支援制度　アンケート結果の概要",
        "subtitle",
    )
    for column, words in enumerate(("項目", "結果", "n", "説明"), 1):
        put(sheet, 4, column, words, "heading")
    row = 5
    for survey_id, survey in made.figures.surveys.items():
        lines = _summary_lines(survey) if survey else []
        if not lines:
            lines = [
                (NAMES[survey_id], "…", "", "アンケートが終了していないため、結果はありません。")
            ]
        for line in lines:
            for column, value in enumerate(line, 1):
                put(sheet, row, column, value, "code" if column in (2, 3) else "text")
            sheet.row_dimensions[row].height = row_height(line, [34, 16, 12, 62], least=22)
            row += 1
    notes = [
        "割合と平均は小数第２位を四捨五入。n は質問の対象となった有効回答数。",
        "「回答しなかった人を含めた範囲」は、未回答者がすべて1の場合とすべて5の場合の平均。",
    ]
    _lines(sheet, row + 1, numbered_notes(notes), "note", width=120)
    set_page(sheet, landscape=True, classification=CLASSIFICATION, title_rows="4:4", freeze="A5")


def _summary_lines(survey: SurveyFigures) -> list[tuple[str, str, str, str]]:
    who = AUDIENCES[survey.defn.audience]
    unit = UNITS[survey.defn.unit][0]
    rate = _rate(survey.answered, survey.invited)
    lines = [
        (f"{who}　回収率", rate, str(survey.invited), f"{survey.answered}／{survey.invited}{unit}")
    ]
    for question in survey.defn.questions:
        table = survey.tables.get(question.name)
        if (
            table is None
            or table.kind in {"text", "number", "matrix"}
            or not table.n
            or table.hidden
        ):
            continue
        name = f"{who}　{table.title}"
        if table.kind == "scale5":
            lines.append(
                (
                    name,
                    format_mean(table.mean_tenths, table.mean_flag),
                    str(table.n),
                    _mean_words(table),
                )
            )
            lines += [
                (
                    f"{who}　{row.label}",
                    f"{format_share(row.share_tenths, row.count)}％",
                    str(table.n),
                    f"{row.count}{unit}",
                )
                for row in table.rows
                if row.missing
            ]
        else:
            best = sorted(table.rows, key=lambda row: -row.count)[
                : 5 if table.kind == "multi" else 1
            ]
            lines += [
                (
                    f"{name}　{place}位" if table.kind == "multi" else name,
                    f"{format_share(row.share_tenths, row.count)}％",
                    str(table.n),
                    f"{row.label.rstrip('。')}：{about_wari(row.count, table.n, unit)}",
                )
                for place, row in enumerate(best, 1)
            ]
    return lines


def _mean_words(table: Table) -> str:
    words = [f"5段階の平均（平均の対象 n={table.n_scored}）"]
    if table.top_box:
        words.append(f"5＋4は{format_share(table.top_box.share_tenths, table.top_box.count)}％")
    if table.non_response_range:
        low, high = table.non_response_range
        words.append(f"回答しなかった人を含めた範囲 {format_mean(low)}～{format_mean(high)}")
    return "、".join(words)


# --- the tables of the surveys -------------------------------------------------------------------


def _table_sheet(made: Made, survey: SurveyFigures, wanted: ExportTable) -> None:
    first = survey.tables[wanted.questions[0]]
    sheet = add_sheet(made.book, f"表{wanted.id} {wanted.sheet or first.title}")
    _widths(sheet, 6, LABEL_WIDTH, 11, 11)
    put(sheet, 1, 1, f"表{wanted.id.translate(WIDE_DIGITS)}　{wanted.title}", "title")
    row, is_first = 2, True
    for name in wanted.questions:
        table = survey.tables[name]
        put(sheet, row, 1, _base(survey, table), "base")
        top = row + 2
        after = _block(made, sheet, survey, table, top)
        if is_first:
            _chart(made, sheet, table, wanted, top)
            is_first = False
        notes = numbered_notes(table.notes)
        row = _lines(sheet, after, notes, "note", width=80) + 1
    set_page(sheet, landscape=True, classification=CLASSIFICATION, freeze="A5")


def _block(made: Made, sheet: Worksheet, survey: SurveyFigures, table: Table, top: int) -> int:
    """The heading and rows of one question from row `top`; returns the first free row."""
    for column, words in enumerate(("No.", table.title, "回答数", "割合"), 1):
        put(sheet, top, column, words, "heading")
    rows = table.printed_rows
    for offset, row in enumerate(rows, 1):
        _row(sheet, top + offset, offset, row, table.n)
    last = top + len(rows)
    where = quote_sheetname(sheet.title)
    counts = f"{where}!$C${top + 1}:$C${last}"
    name = f"表「{sheet.title}」{table.title}"
    if table.hidden:
        return last + 3
    end = last + 1
    if table.mt_row is not None:
        total = table.mt_row.count_total
        share = Fraction(total, table.n) if table.n else None
        _footer(sheet, end, "回答数計（M.T.）", total, share)
        made.proofs.append(Proof(f"{name}：回答数計", total, f"SUM({counts})"))
        for offset, row in enumerate(rows if table.n else (), 1):
            formula = f"{where}!$C${top + offset}/{table.n}"
            share = Fraction(row.count, table.n)
            title = f"{name}：{row.label.rstrip('。')}"
            made.proofs.append(Proof(title, share, formula, "0.0%"))
    else:
        _footer(sheet, end, "計", table.n, Fraction(1) if table.n else None)
        made.proofs.append(Proof(f"{name}：回答数の和＝n", table.n, f"SUM({counts})"))
    if table.kind == "scale5" and table.score_sum is not None:
        # Scores stand as an array in the formula: they are the definition's, not a cell's; a
        # choice that is not data weighs nothing in the sum and in the number.
        scores = "{" + ";".join(str(row.score or 0) for row in rows) + "}"
        weighs = "{" + ";".join("0" if row.score is None else "1" for row in rows) + "}"
        mean = f"SUMPRODUCT({scores},{counts})/SUMPRODUCT({weighs},{counts})"
        value = Fraction(table.score_sum) / table.n_scored
        made.proofs.append(Proof(f"{name}：平均", value, mean, "0.0"))
        end = _scale_lines(sheet, end + 1, table)
    return end + 2


def _row(sheet: Worksheet, at: int, number: int, row: Row, n: int) -> None:
    put(sheet, at, 1, number, "code", number_format="0")
    put(sheet, at, 2, row.label, "text")
    if row.flag:
        put(sheet, at, 3, row.flag, "code")
        put(sheet, at, 4, row.flag, "code")
    else:
        put(sheet, at, 3, row.count, "count")
        put(sheet, at, 4, Fraction(row.count, n) if n else "…", "share" if n else "code")
    sheet.row_dimensions[at].height = row_height([row.label], [LABEL_WIDTH])


def _footer(sheet: Worksheet, at: int, label: str, count: int, share: Fraction | None) -> None:
    put(sheet, at, 1, "", "total")
    cell = put(sheet, at, 2, label, "total")
    _align(cell, horizontal="left")
    put(sheet, at, 3, count, "total")
    put(sheet, at, 4, share if share is not None else "…", "total", number_format="0.0%")


def _scale_lines(sheet: Worksheet, at: int, table: Table) -> int:
    """Mean, median and the upper two, under a table of five steps; returns the last row used."""
    mean = Fraction(table.score_sum or 0) / table.n_scored
    shown: list[tuple[str, Value, str]] = [
        (f"平均（n={table.n_scored}）", "x" if table.mean_flag else mean, "mean"),
        ("中央値", Fraction(table.median) if table.median is not None else "…", "mean"),
    ]
    if table.top_box:
        shown.append(("5＋4", Fraction(table.top_box.count, table.n), "share"))
    for offset, (label, value, style) in enumerate(shown):
        put(sheet, at + offset, 2, label, "text")
        put(sheet, at + offset, 3, None, "text")
        put(sheet, at + offset, 4, value, style)
    return at + len(shown) - 1


def _chart(made: Made, sheet: Worksheet, table: Table, wanted: ExportTable, top: int) -> None:
    if not table.n or table.hidden:
        return
    labels = (2, top + 1, top + len(table.rows))
    draw: Callable[..., object] = charts.bars if table.kind == "multi" else charts.columns
    if table.kind == "multi":
        draw(sheet, labels=labels, values=4, anchor=f"F{top}", share=True)
    else:
        draw(sheet, labels=labels, values=3, anchor=f"F{top}")
    made.picture(
        f"{wanted.title}の{'横棒' if table.kind == 'multi' else '縦棒'}グラフ。左の表と同じ値。"
        + "、".join(f"{row.label.rstrip('。')} {row.count}" for row in table.rows)
    )


# --- teams by policy field, and the checks -------------------------------------------------------


def _field_sheet(made: Made) -> None:
    figures = made.figures
    sheet = add_sheet(made.book, "分野別")
    _widths(sheet, 6, LABEL_WIDTH, 11, 11)
    put(sheet, 1, 1, "分野別チーム数（重複を含む）", "title")
    put(sheet, 2, 1, f"対象：活動チーム　n={figures.team_count}　単位：チーム、％", "base")
    for column, words in enumerate(("No.", "政策分野", "チーム数", "割合"), 1):
        put(sheet, 4, column, words, "heading")
    n = figures.team_count
    for offset, row in enumerate(figures.fields, 1):
        _row(sheet, 4 + offset, offset, _as_row(row.label, row.count, n), n)
    last = 4 + len(figures.fields)
    total = sum(row.count for row in figures.fields)
    _footer(sheet, last + 1, "延べ数", total, Fraction(total, n) if n else None)
    made.proofs.append(
        Proof("分野別：延べ数", total, f"SUM({quote_sheetname(sheet.title)}!$C$5:$C${last})")
    )
    notes = [
        f"割合はチーム数（n={n}）を100％として算出。一つのチームが複数の分野に数えられるため、"
        "合計は100％を超える。",
        ROUNDING_NOTE,
        "①②④以外の分野の番号と名称は暫定。",
    ]
    _lines(sheet, last + 3, numbered_notes(notes), "note", width=80)
    if n:
        charts.bars(sheet, labels=(2, 5, last), values=4, anchor="F4")
        made.picture(
            "政策分野別のチームの割合の横棒グラフ。左の表と同じ値。"
            + "、".join(f"{row.label} {row.count}" for row in figures.fields)
        )
    set_page(sheet, landscape=True, classification=CLASSIFICATION, title_rows="4:4", freeze="A5")


def _as_row(label: str, count: int, n: int) -> Row:
    return Row(
        code="", label=label, count=count, share_tenths=share_tenths(count, n) if n else None
    )


def _check_sheet(made: Made) -> None:
    sheet = add_sheet(made.book, "検算")
    _widths(sheet, 62, 14, 14, 10, 58)
    put(sheet, 1, 1, "検算", "title")
    put(
        sheet,
        2,
        1,
        "このシートだけに数式があります。表の数値から計算し直し、集計値と比べます。",
        "base",
    )
    for column, words in enumerate(("項目", "集計値", "再計算", "判定", "備考"), 1):
        put(sheet, 4, column, words, "heading")
    row = 5
    for proof in made.proofs:
        put(sheet, row, 1, proof.name, "text")
        put(sheet, row, 2, proof.expected, "number", number_format=proof.number_format)
        put_formula(
            sheet, row, 3, f"={proof.formula}", "number"
        ).number_format = proof.number_format
        put_formula(sheet, row, 4, f'=IF(ABS(B{row}-C{row})<0.0000001,"OK","NG")', "code")
        put(sheet, row, 5, None, "text")
        sheet.row_dimensions[row].height = row_height([proof.name], [62])
        row += 1
    found: list[Check] = [
        check for survey in made.figures.surveys.values() if survey for check in survey.checks
    ]
    for check in found:
        values = [
            check.name,
            str(check.expected),
            str(check.found),
            "OK" if check.ok else "要確認",
            check.note,
        ]
        for column, value in enumerate(values, 1):
            put(sheet, row, column, value, "code" if column in (2, 3, 4) else "text")
        sheet.row_dimensions[row].height = row_height(values, [62, 14, 14, 10, 58])
        row += 1
    set_page(sheet, landscape=True, classification=CLASSIFICATION, title_rows="4:4", freeze="A5")
