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
    free_name,
    put,
    row_height,
    set_page,
    text_width,
)
from companion.reports.placing import (
    PAGE_CHARACTERS,
    PAGE_POINTS,
    chart_below,
    chart_beside,
    height_of,
    points_of,
    row_under,
)
from companion.reports.tables import PrintSheet, Proof, Report, Row, Styled, Table, Where
from companion.reports.wording import MORE_FORMATS, describe, plain
from companion.surveys.tables import numbered_notes

PORTRAIT_CHARACTERS, PORTRAIT_POINTS = 93, 715
CHARACTERS_PER_CM = 5.2
A_LITTLE_OVER = 1.2  # of a page: then the sheet is printed smaller, on one
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
    sheet = add_sheet(made.book, free_name(made.book, wanted.name))
    widths = _set_widths(sheet, wanted.tables)
    row, page, first_heading, room = 1, 1, "", _room(wanted, widths)
    for number, table in enumerate(wanted.tables):
        begun = row
        top = _title(sheet, table, row)
        if not first_heading:
            first_heading = f"{top}:{top}"
        made.contents.append((table, sheet.title, row))
        row = _table(made, sheet, table, top, widths) + 1
        is_over = points_of(sheet, page, row - 2) > room
        if number and (wanted.page_per_table or is_over):
            # A table is not cut where the whole of it fits on the next page.
            sheet.row_breaks.append(Break(id=begun - 1))
            page = begun
    few, height = len(wanted.tables) == 1, points_of(sheet, 1, row - 2)
    set_page(
        sheet,
        landscape=wanted.is_landscape,
        classification=made.report.edition.classification,
        title_rows=first_heading if few else None,
        freeze=f"A{int(first_heading.split(':')[0]) + 1}" if few and first_heading else None,
        is_one_page=few and not sheet.row_breaks.brk and room < height < A_LITTLE_OVER * room,
    )


def _room(wanted: PrintSheet, widths: list[float]) -> float:
    """Points of height that a page holds once the sheet is made as wide as the paper."""
    is_beside = any(table.chart and table.chart.kind != "stacked" for table in wanted.tables)
    wide = sum(widths) + (charts.WIDTH_CM * CHARACTERS_PER_CM if is_beside else 0)
    across, down = (
        (PAGE_CHARACTERS, PAGE_POINTS)
        if wanted.is_landscape
        else (PORTRAIT_CHARACTERS, PORTRAIT_POINTS)
    )
    return down * max(1, wide / across)


def _set_widths(sheet: Worksheet, tables: tuple[Table, ...]) -> list[float]:
    """Widths that hold the widest of all tables of a sheet."""
    widths: list[float] = []
    for table in tables:
        for place, (index, column) in enumerate(table.printed):
            # A long list is looked at in part: what is wider still wraps.
            cells = [plain(row[index]) for row in table.rows[:300]]
            shown = fitting_width([column.label, *cells], least=6 if column.width is None else 4)
            width = column.width or (min(shown, 18) if column.is_number else shown)
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], width)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return widths


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
    is_below = table.chart is not None and table.chart.kind == "stacked"
    if table.rows and table.chart and not is_below:
        chart_beside(sheet, table, top, last)
        made.pictures.append(describe(table))
    whole = sum(widths) + (70 if table.chart and not is_below else 0)
    for words in numbered_notes(table.notes):
        lines = -(-text_width(words) // max(int(whole * 1.2), 60))
        if lines > 1:
            for piece in _folded(words, max(int(whole * 1.2), 60)):
                flat(put(sheet, row, 1, piece, "note"))
                row += 1
        else:
            flat(put(sheet, row, 1, words, "note"))
            row += 1
    if table.rows and is_below:
        made.pictures.append(describe(table))
        return chart_below(sheet, table, (top, last, row), widths) + 2
    if table.rows and table.chart:
        # The next table begins under the chart, not beside it.
        row = max(row, row_under(sheet, top, height_of(table)) + 1)
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
        form = MORE_FORMATS.get(kind)
        base = "count" if form else kind
        if style:
            formats = {"share": "0.0%", "mean": "0.0", **MORE_FORMATS}
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
        total = plain(table.total[index]) if table.total else None
        if column.is_number and isinstance(total, int | Fraction) and column.style != "share":
            form = "#,##0.0" if column.style == "hours" else "#,##0"
            formula = f"SUM({where.span(column.key)})"
            made.proofs.append(Proof(f"{name}：{column.label}の計", total, formula, form))
