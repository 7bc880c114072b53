"""One table on one print sheet: title, base, heading, rows, total, notes, chart; and its proofs."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets import charts
from companion.core.sheets.writer import (
    Value,
    add_sheet,
    fitting_width,
    put,
    row_height,
    set_page,
    text_width,
)
from companion.reports.tables import Cell, PrintSheet, Proof, Report, Row, Styled, Table, Where
from companion.surveys.tables import numbered_notes

HOURS_FORMAT = '#,##0.0;-#,##0.0;"－"'
ROW_TOP = 4  # heading of a sheet's first table


@dataclass
class Made:
    """The workbook under way, with what its sheets hand over to 目次 and 検算."""

    book: Workbook
    report: Report
    proofs: list[Proof] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    contents: list[tuple[Table, str, int]] = field(default_factory=list)


def print_sheet(made: Made, wanted: PrintSheet) -> None:
    """Write one sheet for people."""
    sheet = add_sheet(made.book, wanted.name)
    widths = _set_widths(sheet, wanted.tables)
    row, first_heading = 1, ""
    for number, table in enumerate(wanted.tables):
        if number and wanted.page_per_table:
            sheet.row_breaks.append(Break(id=row - 1))
        top = _title(sheet, table, row)
        if not first_heading:
            first_heading = f"{top}:{top}"
        made.contents.append((table, sheet.title, row))
        row = _table(made, sheet, table, top, widths) + 1
    few = len(wanted.tables) == 1
    set_page(
        sheet,
        landscape=wanted.is_landscape,
        classification=made.report.edition.classification,
        title_rows=first_heading if few else None,
        freeze=f"A{int(first_heading.split(':')[0]) + 1}" if few and first_heading else None,
    )


def _set_widths(sheet: Worksheet, tables: tuple[Table, ...]) -> list[float]:
    """Widths that hold the widest of all tables of a sheet."""
    widths: list[float] = []
    for table in tables:
        for place, (index, column) in enumerate(table.printed):
            # A long list is looked at in part: what is wider still wraps.
            cells = [_plain(row[index]) for row in table.rows[:300]]
            shown = fitting_width([column.label, *cells], least=6 if column.width is None else 4)
            width = column.width or (min(shown, 18) if column.is_number else shown)
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], width)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return widths


def _plain(cell: Cell) -> Value:
    return cell.value if isinstance(cell, Styled) else cell


def _title(sheet: Worksheet, table: Table, row: int) -> int:
    """Title and base; returns the row of the heading."""
    put(sheet, row, 1, (table.number + "　" if table.number else "") + table.title, "title")
    sheet.row_dimensions[row].height = 24
    flat(put(sheet, row + 1, 1, table.base, "base"))
    return row + 3


def flat(cell: Any) -> None:
    """Let a line run over the table's columns; styles are shared, so a copy is changed."""
    alignment = copy(cell.alignment)
    alignment.wrap_text, alignment.vertical = False, "center"
    cell.alignment = alignment


def _table(made: Made, sheet: Worksheet, table: Table, top: int, widths: list[float]) -> int:
    columns = [column for _, column in table.printed]
    headings: list[Value] = [column.label for column in columns]
    for place, words in enumerate(headings, 1):
        put(sheet, top, place, words, "heading")
    sheet.row_dimensions[top].height = row_height(headings, widths)
    row = top + 1
    for line in table.rows:
        _line(sheet, row, table, line, widths)
        row += 1
    if not table.rows:
        flat(put(sheet, row, 1, "該当するデータはありません。", "plain"))
        row += 1
    last = row - 1
    if table.total is not None:
        _line(sheet, row, table, table.total, widths, style="total")
        row += 1
    for line in table.extra:
        _line(sheet, row, table, line, widths)
        row += 1
    _prove(made, sheet, table, top + 1, last)
    if table.rows and table.chart:
        _chart(made, sheet, table, top, last)
    whole = sum(widths) + (100 if table.chart else 0)
    for words in numbered_notes(table.notes):
        lines = -(-text_width(words) // max(int(whole * 1.2), 60))
        if lines > 1:
            for piece in _folded(words, max(int(whole * 1.2), 60)):
                flat(put(sheet, row, 1, piece, "note"))
                row += 1
        else:
            flat(put(sheet, row, 1, words, "note"))
            row += 1
    return row


def _folded(words: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in words:
        if text_width(piece + character) > width:
            pieces.append(piece)
            piece = "　　　"
        piece += character
    return [*pieces, piece]


def _line(
    sheet: Worksheet, row: int, table: Table, line: Row, widths: list[float], style: str = ""
) -> None:
    shown: list[Value] = []
    for place, (index, column) in enumerate(table.printed, 1):
        held, kind = line[index], column.style
        if isinstance(held, Styled):
            value, kind = held.value, held.style
        else:
            value = held
        shown.append(value)
        kind = "code" if isinstance(value, str) and column.is_number else kind
        form = {"hours": HOURS_FORMAT}.get(kind)
        base = "count" if kind == "hours" else kind
        if style:
            formats = {"share": "0.0%", "mean": "0.0", "hours": HOURS_FORMAT}
            cell = put(sheet, row, place, value, style, number_format=formats.get(kind))
            if isinstance(value, str) and not column.is_number:
                alignment = copy(cell.alignment)
                alignment.horizontal = "left"
                cell.alignment = alignment
        else:
            put(sheet, row, place, value, base, number_format=form)
    sheet.row_dimensions[row].height = row_height(shown, widths)


def _prove(made: Made, sheet: Worksheet, table: Table, first: int, last: int) -> None:
    """Totals and shares that a reader can compute again on 検算."""
    if last < first or not table.rows:
        return
    letters = {
        column.key: get_column_letter(place) for place, (_, column) in enumerate(table.printed, 1)
    }
    where = Where(quote_sheetname(sheet.title), first, last, letters)
    name = f"表「{sheet.title}」{table.title if len(table.title) < 40 else table.key}"
    if table.proofs:
        made.proofs += table.proofs(where)
        return
    for index, column in table.printed:
        total = _plain(table.total[index]) if table.total else None
        if column.is_number and isinstance(total, int | Fraction) and column.style != "share":
            form = "#,##0.0" if column.style == "hours" else "#,##0"
            formula = f"SUM({where.span(column.key)})"
            made.proofs.append(Proof(f"{name}：{column.label}の計", total, formula, form))


def _chart(made: Made, sheet: Worksheet, table: Table, top: int, last: int) -> None:
    keys = [column.key for _, column in table.printed]
    words, numbers = keys.index(table.drawn.label) + 1, keys.index(table.drawn.value) + 1
    column = table.columns[table.place(table.drawn.value)]
    is_share = column.style == "share"
    draw = charts.bars if table.drawn.kind == "bar" else charts.columns
    draw(
        sheet,
        labels=(words, top + 1, last),
        values=numbers,
        anchor=f"{get_column_letter(len(keys) + 2)}{top}",
        share=is_share,
    )
    made.pictures.append(describe(table))


def describe(table: Table) -> str:
    """The alternative text of a table's chart: the kind of chart and its values."""
    kind = "横棒" if table.drawn.kind == "bar" else "縦棒"
    label, value = table.place(table.drawn.label), table.place(table.drawn.value)
    style = table.columns[value].style
    return f"{table.title}の{kind}グラフ。表と同じ値。" + "、".join(
        f"{str(_plain(row[label])).rstrip('。')} {shown(_plain(row[value]), style)}"
        for row in table.rows
    )


def shown(value: Value, style: str) -> str:
    """A value as text, for pages and descriptions: the same rounding as in print."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "○" if value else "×"
    if style == "share":
        share = Fraction(value)  # type: ignore[arg-type]
        tenths = (2000 * share.numerator + share.denominator) // (2 * share.denominator)
        return "－" if not tenths and not share else f"{tenths // 10}.{tenths % 10}％"
    if style in {"mean", "hours"}:
        number = Fraction(value)  # type: ignore[arg-type]
        tenths = (20 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
        sign = "-" if number < 0 else ""
        return "－" if not number and style == "hours" else f"{sign}{tenths // 10:,}.{tenths % 10}"
    if isinstance(value, int):
        return f"{value:,}" if style != "number" else str(value)
    return value.strftime("%Y/%m/%d") if hasattr(value, "strftime") else str(value)
