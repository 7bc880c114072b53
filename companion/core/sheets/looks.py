"""How cells look: fonts, number formats, borders; and what a cell may hold."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from openpyxl.styles import Alignment, Border, Side

FONT = "游ゴシック"
HEADING_FILL = "D9E2F3"
COUNT_FORMAT = '#,##0;-#,##0;"－"'
SHARE_FORMAT = '0.0%;-0.0%;"－"'
MEAN_FORMAT = "0.0"
DATE_FORMAT = "yyyy/mm/dd"
_LINE = Side(style="thin", color="A6A6A6")
GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
# name → (font size, bold, alignment, number format, border, fill)
STYLES: dict[str, tuple[int, bool, Alignment, str, bool, str]] = {
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
