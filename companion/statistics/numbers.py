"""Numbers and years as they stand in lists of statistics."""

from __future__ import annotations

import datetime as dt
import math
import re

from companion.core.sheets.reader import CellError, CellValue, Formula
from companion.core.sheets.records import Cell
from companion.core.text import squash
from companion.core.wareki import NotADate, read_date

MISSING = re.compile(r"(?:[-‐‑–—―－…・*＊xX✕×]+|\.{2,}|不詳|秘匿|該当なし|該当数字なし|na|n/a)")
MOST = 10**15


def read_year(value: CellValue) -> int | None:
    """2020, 「2020年度」, 「令和2年」, 「R2」, a day of that year; None when it is no year."""
    if isinstance(value, dt.datetime | dt.date):
        return value.year
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if float(value).is_integer() and 1900 <= value <= 2100 else None
    if not isinstance(value, str):
        return None
    text = squash(value).removesuffix("度").removesuffix("年").strip()
    if re.fullmatch(r"\d{4}", text):
        return int(text) if 1900 <= int(text) <= 2100 else None
    for day in (f"{text}年12月31日", f"{text}.12.31", f"{text}年1月1日"):
        try:
            return read_date(day).year
        except NotADate:
            continue
    return None


def read_number(value: CellValue) -> tuple[float | None, str]:
    """The number of a cell, or why it is none; blank, 「－」, 「x」 are no value and no fault."""
    if value is None:
        return None, ""
    if isinstance(value, Formula | CellError):
        return None, str(Cell(0, 0, "", value).fault)
    if isinstance(value, str):
        text = squash(value).replace(",", "").replace("▲", "-").replace("△", "-").rstrip("%")
        if not text or MISSING.fullmatch(text.lower()):
            return None, ""
        if not re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text):
            shown = value if len(value) <= 40 else value[:40] + "…"
            return None, f"「{shown}」は数として読めません。数字だけを記入してください。"
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None, "数ではありません。数字だけを記入してください。"
    if abs(value) >= MOST:
        return None, "数が大きすぎます。単位を見直してください。"
    return float(value), ""
