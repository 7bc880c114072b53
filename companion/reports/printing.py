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
from companion.reports.tables import Cell, PrintSheet, Proof, Report, Row, Styled, Table, Where
from companion.surveys.shares import half_up, tenths_text
from companion.surveys.tables import numbered_notes

HOURS_FORMAT = '#,##0.0;-#,##0.0;"－"'
POINTS_FORMAT = '+0.0;-0.0;"±0.0"'
SCORE_FORMAT = "#,##0.00"
# Styles that are not the writer's own: how they are written besides the look of a count.
MORE_FORMATS = {"hours": HOURS_FORMAT, "points": POINTS_FORMAT, "score": SCORE_FORMAT}
KINDS = {"bar": "横棒", "column": "縦棒", "line": "折れ線", "stacked": "100％積み上げ横棒"}
LINE_POINTS = 15  # a row's height where nothing else is said
POINTS_PER_CM = 72 / 2.54
# What fits on A4 lying on its side at full size: half-width characters across, points down.
PAGE_CHARACTERS, PAGE_POINTS = 138, 470
PORTRAIT_CHARACTERS, PORTRAIT_POINTS = 93, 715
CHARACTERS_PER_CM = 5.2
A_LITTLE_OVER = 1.2  # of a page: then the sheet is printed smaller, on one
LEAST_OF_CHART = 0.7  # how much of its height a chart may be pressed to
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
        is_over = _points(sheet, page, row - 2) > room
        if number and (wanted.page_per_table or is_over):
            # A table is not cut where the whole of it fits on the next page.
            sheet.row_breaks.append(Break(id=begun - 1))
            page = begun
    few, height = len(wanted.tables) == 1, _points(sheet, 1, row - 2)
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
    is_below = table.chart is not None and table.chart.kind == "stacked"
    if table.rows and table.chart and not is_below:
        _chart(made, sheet, table, top, last)
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
        return _stacked(made, sheet, table, (top, last, row), widths) + 2
    if table.rows and table.chart:
        # The next table begins under the chart, not beside it.
        row = max(row, _row_under(sheet, top, _height_of(table)) + 1)
    return row


def _height_of(table: Table) -> float:
    """Height of a table's chart in cm."""
    kind, rows = table.drawn.kind, len(table.rows)
    if kind == "stacked":
        return charts.stacked_height(rows)
    return charts.bars_height(rows) if kind == "bar" else charts.HEIGHT_CM


def _points(sheet: Worksheet, first: int, last: int) -> float:
    rows = (sheet.row_dimensions[row] for row in range(first, last + 1))
    return sum(row.height or LINE_POINTS for row in rows)


def _row_under(sheet: Worksheet, row: int, height_cm: float) -> int:
    """The first row under something of that height that begins at `row`."""
    left = height_cm * POINTS_PER_CM
    while left > 0:
        left -= sheet.row_dimensions[row].height or LINE_POINTS
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
    labels, anchor = (words, top + 1, last), f"{get_column_letter(len(keys) + 2)}{top}"
    sheet.column_dimensions[get_column_letter(len(keys) + 1)].width = 2
    if table.drawn.kind == "line":
        charts.line(sheet, labels=labels, values=numbers, anchor=anchor)
    else:
        draw = charts.bars if table.drawn.kind == "bar" else charts.columns
        draw(sheet, labels=labels, values=numbers, anchor=anchor, share=is_share)
    made.pictures.append(describe(table))


def _stacked(
    made: Made, sheet: Worksheet, table: Table, rows: tuple[int, int, int], widths: list[float]
) -> int:
    """The chart under a wide table; the row under it.

    It is made a little lower to stay on the page, or stands on the next one whole.
    """
    top, last, at = rows
    keys = [column.key for _, column in table.printed]
    chart, wanted = table.drawn, _height_of(table)
    room = PAGE_POINTS * max(1, sum(widths) / PAGE_CHARACTERS)
    left = (room - _points(sheet, top - 3, at)) / POINTS_PER_CM
    if left < LEAST_OF_CHART * wanted:
        sheet.row_breaks.append(Break(id=at))
    else:
        wanted = min(wanted, left)
    charts.stacked(
        sheet,
        labels=(keys.index(chart.label) + 1, top + 1, last),
        values=(keys.index(chart.value) + 1, keys.index(chart.last) + 1),
        anchor=f"A{at + 2}",
        height_cm=wanted,
        share=table.columns[table.place(chart.value)].style == "share",
    )
    made.pictures.append(describe(table))
    return _row_under(sheet, at + 2, wanted)


def describe(table: Table) -> str:
    """The alternative text of a table's chart: the kind of chart and its values."""
    kind = KINDS[table.drawn.kind]
    if table.drawn.kind == "stacked":
        return f"{table.title}の{kind}グラフ。表と同じ値。"
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
    if style == "points":
        tenths = half_up(Fraction(value) * 10)  # type: ignore[arg-type]
        return f"{'＋' if tenths > 0 else '－' if tenths < 0 else '±'}{tenths_text(abs(tenths))}"
    if style == "score":
        hundredths = half_up(Fraction(value) * 100)  # type: ignore[arg-type]
        return f"{hundredths // 100:,}.{hundredths % 100:02}"
    if style in {"mean", "hours"}:
        number = Fraction(value)  # type: ignore[arg-type]
        tenths = (20 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
        sign = "-" if number < 0 else ""
        return "－" if not number and style == "hours" else f"{sign}{tenths // 10:,}.{tenths % 10}"
    if isinstance(value, int):
        return f"{value:,}" if style != "number" else str(value)
    return value.strftime("%Y/%m/%d") if hasattr(value, "strftime") else str(value)
