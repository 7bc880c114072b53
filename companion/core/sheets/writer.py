"""The one Excel writer: text stays text, sheets print on A4, the same data give the same bytes.

Use it like this:

    book = new_book("満足度集計")
    sheet = add_sheet(book, "表1-1 市町村評価")
    put(sheet, 1, 1, "表1-1", "title")
    write_table(sheet, [Column("回答", width=30), Column("件数", "count")], rows, top=3)
    set_page(sheet, landscape=True, classification="取扱注意", title_rows="3:3")
    data = save_bytes(book, at=clock.now())

Nothing else may assign to a cell: openpyxl turns a text that begins with 「=」 into a live formula.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets.looks import FONT, GRID, STYLES, Value
from companion.core.sheets.page import fitting_width, row_height, set_page, text_width
from companion.core.sheets.saving import save_bytes
from companion.core.text import strip_forbidden

__all__ = [
    "Column",
    "Value",
    "add_list",
    "add_sheet",
    "fitting_width",
    "free_name",
    "new_book",
    "put",
    "put_formula",
    "row_height",
    "save_bytes",
    "set_page",
    "sheet_name",
    "text_width",
    "write_table",
]

CELL_LIMIT = 32_767  # Excel's own limit of characters in a cell
_RISKY = re.compile(r"^[\s\u00a0\u3000]*[=+\-@＝＋－＠\t\r\n']")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """A column of a table: heading, style of its cells, width in half-width characters."""

    heading: str
    style: str = "text"
    width: float | None = None


def new_book(title: str, *, font: str = FONT) -> Workbook:
    """A workbook without sheets, with the shared styles, whose document title is `title`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = strip_forbidden(title)
    book.properties.creator = "companion"
    for name, (size, bold, alignment, number_format, border, fill) in STYLES.items():
        style = NamedStyle(name=f"c_{name}", font=Font(name=font, size=size, bold=bold))
        style.alignment, style.number_format = alignment, number_format
        if border:
            style.border = GRID
        if fill:
            style.fill = PatternFill("solid", fgColor=fill)
        book.add_named_style(style)
    return book


def sheet_name(wanted: str) -> str:
    """A name without what Excel refuses, at most 31 characters."""
    return _SHEET_NAME.sub("・", strip_forbidden(wanted)).strip("'")[:31] or "シート"


def free_name(book: Workbook, wanted: str) -> str:
    """The name, or where another sheet has it (names end at 31 characters) one with a number."""
    name, taken = sheet_name(wanted), {sheet.title.casefold() for sheet in book.worksheets}
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name[: 29 - len(str(number))]}({number})"
    return free


def add_sheet(book: Workbook, name: str) -> Worksheet:
    """A new sheet at the end; the name loses what Excel refuses and is cut to 31 characters.

    Raises:
        ValueError: a sheet of that name is there already.
    """
    wanted = sheet_name(name)
    if wanted.casefold() in {sheet.title.casefold() for sheet in book.worksheets}:
        raise ValueError(f"a sheet named {wanted!r} exists")
    sheet = book.create_sheet(wanted)
    sheet.sheet_view.showGridLines = False
    return sheet


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Value,
    style: str | None = None,
    *,
    number_format: str | None = None,
) -> Cell:
    """Write one value; text is written as text whatever it begins with.

    Args:
        row: from 1.
        column: from 1.
        value: a Fraction is written as the nearest number, an aware time without its zone.
        style: one of the shared styles: title, subtitle, base, plain, note, heading, text, code,
            number, count, share, mean, date, total.
    """
    cell: Cell = sheet.cell(row, column)
    if isinstance(value, str):
        text = strip_forbidden(value)[:CELL_LIMIT]
        if text:
            cell.value = text
            cell.data_type = "s"
    elif isinstance(value, bool):
        cell.value = "○" if value else "×"
    elif isinstance(value, Fraction):
        cell.value = float(value)
    elif isinstance(value, dt.datetime):
        cell.value = value.replace(tzinfo=None)
    elif value is not None:
        cell.value = value
    if style:
        _dress(cell, style)
    if number_format:
        cell.number_format = number_format
    # After the style, which would reset it: Excel then keeps the text as text when it is edited.
    if cell.data_type == "s" and isinstance(value, str) and _RISKY.match(value):
        cell.quotePrefix = True
    return cell


def _dress(cell: Cell, style: str) -> None:
    """Give a cell a shared style; by name only the first time, which is slow in a long sheet."""
    known: dict[str, object] = cell.parent.parent.__dict__.setdefault("known_styles", {})
    if style in known:
        cell._style = copy(known[style])
    else:
        cell.style = f"c_{style}"
        known[style] = copy(cell._style)


def put_formula(
    sheet: Worksheet, row: int, column: int, formula: str, style: str | None = None
) -> Cell:
    """Write a live formula of ours; only for the 検算 sheet, never with text from people in it."""
    cell: Cell = sheet.cell(row, column)
    cell.value = formula
    if style:
        cell.style = f"c_{style}"
    return cell


def write_table(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    top: int = 1,
    left: int = 1,
) -> int:
    """A heading row at `top` and the rows under it; widths and heights follow the text.

    Returns:
        The number of the first free row under the table.
    """
    body = [list(row) for row in rows]
    for index, column in enumerate(columns):
        put(sheet, top, left + index, column.heading, "heading")
        width = column.width or fitting_width(
            [column.heading, *(row[index] for row in body if index < len(row))]
        )
        sheet.column_dimensions[get_column_letter(left + index)].width = width
    widths = [
        sheet.column_dimensions[get_column_letter(left + index)].width
        for index in range(len(columns))
    ]
    headings: list[Value] = [column.heading for column in columns]
    sheet.row_dimensions[top].height = row_height(headings, widths)
    for offset, row in enumerate(body, 1):
        for index, column in enumerate(columns):
            value = row[index] if index < len(row) else None
            style = "text" if isinstance(value, str) and column.style in _NUMERIC else column.style
            put(sheet, top + offset, left + index, value, style)
        sheet.row_dimensions[top + offset].height = row_height(row, widths)
    return top + len(body) + 1


def add_list(
    book: Workbook,
    name: str,
    title: str,
    note: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    classification: str = "取扱注意",
) -> Worksheet:
    """A sheet that is one list: its title, a line about it, the table from row 4 on; A4 across."""
    sheet = add_sheet(book, name)
    put(sheet, 1, 1, title, "title")
    put(sheet, 2, 1, note, "subtitle")
    write_table(sheet, columns, rows, top=4)
    set_page(sheet, landscape=True, classification=classification, title_rows="4:4", freeze="A5")
    return sheet


_NUMERIC = frozenset({"number", "count", "share", "mean", "date", "total"})
