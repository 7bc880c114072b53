"""Where charts stand on a print sheet, so that no page end cuts them."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets import charts
from companion.reports.tables import Table

LINE_POINTS = 15  # a row's height where nothing else is said
POINTS_PER_CM = 72 / 2.54
# What fits on A4 lying on its side at full size: half-width characters across, points down.
PAGE_CHARACTERS, PAGE_POINTS = 138, 470
LEAST_OF_CHART = 0.7  # how much of its height a chart may be pressed to


def height_of(table: Table) -> float:
    """Height of a table's chart in cm."""
    kind, rows = table.drawn.kind, len(table.rows)
    if kind == "stacked":
        return charts.stacked_height(rows)
    return charts.bars_height(rows) if kind == "bar" else charts.HEIGHT_CM


def points_of(sheet: Worksheet, first: int, last: int) -> float:
    """Height of rows, in points."""
    rows = (sheet.row_dimensions[row] for row in range(first, last + 1))
    return sum(row.height or LINE_POINTS for row in rows)


def row_under(sheet: Worksheet, row: int, height_cm: float) -> int:
    """The first row under something of that height that begins at `row`."""
    left = height_cm * POINTS_PER_CM
    while left > 0:
        left -= sheet.row_dimensions[row].height or LINE_POINTS
        row += 1
    return row


def chart_beside(sheet: Worksheet, table: Table, top: int, last: int) -> None:
    """The chart at the right of a table."""
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


def chart_below(
    sheet: Worksheet, table: Table, rows: tuple[int, int, int], widths: list[float]
) -> int:
    """The chart under a wide table; the row under it.

    It is made a little lower to stay on the page, or stands on the next one whole.
    """
    top, last, at = rows
    keys = [column.key for _, column in table.printed]
    chart, wanted = table.drawn, height_of(table)
    room = PAGE_POINTS * max(1, sum(widths) / PAGE_CHARACTERS)
    left = (room - points_of(sheet, top - 3, at)) / POINTS_PER_CM
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
    return row_under(sheet, at + 2, wanted)
