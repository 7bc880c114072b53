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
import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets.saving import save_bytes
from companion.core.text import strip_forbidden

__all__ = [
    "Column",
    "Value",
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

FONT = "游ゴシック"
HEADING_FILL = "D9E2F3"
COUNT_FORMAT = '#,##0;-#,##0;"－"'
SHARE_FORMAT = '0.0%;-0.0%;"－"'
MEAN_FORMAT = "0.0"
DATE_FORMAT = "yyyy/mm/dd"
CELL_LIMIT = 32_767  # Excel's own limit of characters in a cell
_RISKY = re.compile(r"^[\s\u00a0\u3000]*[=+\-@＝＋－＠\t\r\n']")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LINE = Side(style="thin", color="A6A6A6")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)

# name → (font size, bold, alignment, number format, border, fill)
_STYLES: dict[str, tuple[int, bool, Alignment, str, bool, str]] = {
    "title": (14, True, Alignment(vertical="center"), "@", False, ""),
    "subtitle": (10, False, Alignment(vertical="center"), "@", False, ""),
    "plain": (10, False, Alignment(vertical="top", wrap_text=True), "@", False, ""),
    "base": (9, False, Alignment(vertical="center"), "@", False, ""),
    "note": (8, False, Alignment(vertical="top", wrap_text=True), "@", False, ""),
    "heading": (
        10,
        True,
        Alignment(horizontal="center", vertical="center", wrap_text=True),
        "@",
        True,
        HEADING_FILL,
    ),
    "text": (
        10,
        False,
        # Indented: LibreOffice lets text touch the line otherwise.
        Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1),
        "@",
        True,
        "",
    ),
    "code": (10, False, Alignment(horizontal="center", vertical="center"), "@", True, ""),
    "number": (
        10,
        False,
        Alignment(horizontal="right", vertical="center", indent=1),
        "0",
        True,
        "",
    ),
    "count": (
        10,
        False,
        Alignment(horizontal="right", vertical="center", indent=1),
        COUNT_FORMAT,
        True,
        "",
    ),
    "share": (
        10,
        False,
        Alignment(horizontal="right", vertical="center", indent=1),
        SHARE_FORMAT,
        True,
        "",
    ),
    "mean": (
        10,
        False,
        Alignment(horizontal="right", vertical="center", indent=1),
        MEAN_FORMAT,
        True,
        "",
    ),
    "date": (10, False, Alignment(horizontal="center", vertical="center"), DATE_FORMAT, True, ""),
    "total": (
        10,
        True,
        Alignment(horizontal="right", vertical="center", indent=1),
        COUNT_FORMAT,
        True,
        "F2F2F2",
    ),
}
Value = str | int | float | Fraction | bool | dt.date | dt.datetime | None


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
    for name, (size, bold, alignment, number_format, border, fill) in _STYLES.items():
        style = NamedStyle(name=f"c_{name}", font=Font(name=font, size=size, bold=bold))
        style.alignment, style.number_format = alignment, number_format
        if border:
            style.border = _GRID
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


_NUMERIC = frozenset({"number", "count", "share", "mean", "date", "total"})


def text_width(text: str) -> int:
    """Width of the longest line in half-width characters; a Japanese character takes two."""
    return max(
        (
            sum(2 if unicodedata.east_asian_width(ch) in "WFA" else 1 for ch in line)
            for line in text.split("\n")
        ),
        default=0,
    )


def fitting_width(values: Iterable[Value], *, least: float = 6, most: float = 46) -> float:
    """Column width for what stands in it, with a margin, between `least` and `most`."""
    widest = max((text_width(_shown(value)) for value in values), default=0)
    return float(min(max(widest + 2, least), most))


def row_height(
    values: Sequence[Value], widths: Sequence[float], *, size: int = 10, least: float = 18
) -> float:
    """Height in points of a row of wrapped text; openpyxl and Excel do not fit it by themselves."""
    lines = 1
    for value, width in zip(values, widths, strict=False):
        usable = max(int(width) - 1, 1)
        count = sum(max(1, -(-text_width(line) // usable)) for line in _shown(value).split("\n"))
        lines = max(lines, count)
    return float(min(max(lines * size * 1.5 + 3, least), 400))


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.strftime("%Y/%m/%d")
    if isinstance(value, float | Fraction):
        return "0,000.0"
    return f"{value:,}" if isinstance(value, int) else value


def set_page(
    sheet: Worksheet,
    *,
    landscape: bool = False,
    classification: str = "取扱注意",
    title_rows: str | None = None,
    freeze: str | None = None,
    print_area: str | None = None,
    is_one_page: bool = False,
) -> None:
    """A4 on one page's width, 「1／3」 below, how to handle it (取扱区分) above right.

    Args:
        classification: 「取扱注意」 or 「公表版」.
        title_rows: rows repeated on every page, such as 「3:4」.
        freeze: the first cell that scrolls, such as 「B5」.
        is_one_page: made small enough for one page, when just a few rows are too many.
    """
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, int(is_one_page)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 15 / 25.4
    margins.top = margins.bottom = 20 / 25.4
    margins.header = margins.footer = 8 / 25.4
    sheet.oddHeader.right.text = _footer_text(classification)
    sheet.oddFooter.center.text = "&P／&N"
    sheet.oddFooter.right.text = "&A"
    if title_rows:
        sheet.print_title_rows = title_rows
    if freeze:
        sheet.freeze_panes = freeze
    if print_area:
        sheet.print_area = print_area


def _footer_text(text: str) -> str:
    return strip_forbidden(text).replace("&", "&&")
