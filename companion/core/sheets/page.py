"""Widths and heights from the text, and the set-up for printing on A4."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction

from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets.looks import Value
from companion.core.text import strip_forbidden


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
