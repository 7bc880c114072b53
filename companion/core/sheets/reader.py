"""The one guarded reader of workbooks that come from outside."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from companion.core.sheets.apart import run_apart
from companion.core.sheets.guard import BROKEN, LIMITS, InvalidWorkbook, check_kind, read_parts

__all__ = ["LIMITS", "CellError", "Formula", "InvalidWorkbook", "Sheet", "read_workbook"]

SECONDS = 15
_CHILD = Path(__file__).with_name("child.py")
_TOO_SLOW = (
    "ブックの読み取りに時間がかかりすぎました。不要なシートや書式を除いて保存し直してください。"
)


@dataclass(frozen=True)
class Formula:
    """A cell that computes; `cached` is what Excel last computed. Imports refuse it."""

    text: str
    cached: str | int | float | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class CellError:
    """A cell in error, such as 「#REF!」."""

    text: str

    def __str__(self) -> str:
        return self.text


CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | Formula | CellError | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows[0]` is row 1 and each row is as long as the widest; hidden ones are empty.

    merged: (top, left, bottom, right), from 1; the value stands in the upper left cell only.
    names: the row and column, from 1, of each cell that has a name of its own.
    """

    name: str
    state: str = "visible"
    rows: list[list[CellValue]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    names: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_visible(self) -> bool:
        """Whether people see the sheet."""
        return self.state == "visible"

    def value(self, row: int, column: int) -> CellValue:
        """The value at a row and column from 1; None outside."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 1 <= column <= len(cells) else None


def read_workbook(data: bytes, filename: str = "") -> list[Sheet]:
    """The sheets of an .xlsx from outside, read in a process of its own under hard limits.

    Values only: text as it stands, whole numbers as int, date cells as date or datetime, formulas
    as `Formula`. At most 2 MB, 200 parts, 20 MB unpacked, 300,000 cells in 5,000
    rows × 120 columns, of 10,000 characters.

    Raises:
        InvalidWorkbook: with one Japanese sentence that says why and what to do.
    """
    check_kind(data, filename)
    read_parts(data)  # the cheap refusals need no second process
    answer = _read_apart(data)
    if "fault" in answer:
        raise InvalidWorkbook(answer["fault"])
    sheets = [_sheet(found) for found in answer["sheets"]]
    if not any(sheet.is_visible and sheet.rows for sheet in sheets):
        raise InvalidWorkbook("値のあるシートがありません。記入済みのブックを選び直してください。")
    return sheets


def _read_apart(data: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(
            run_apart(_CHILD, data, SECONDS, _TOO_SLOW, is_plain=True)
        )
    except ValueError as error:
        raise InvalidWorkbook(BROKEN) from error
    return answer


def _sheet(found: dict[str, Any]) -> Sheet:
    cells = found["cells"]
    height = max((row for row, _, _ in cells), default=0)
    width = max((column for _, column, _ in cells), default=0)
    rows: list[list[CellValue]] = [[None] * width for _ in range(height)]
    for row, column, value in cells:
        rows[row - 1][column - 1] = _value(value)
    merged = [(a, b, c, d) for a, b, c, d in found["merged"]]
    names = {name: (row, column) for name, row, column in found["names"]}
    return Sheet(found["name"], found["state"], rows, merged, names)


def _value(found: Any) -> CellValue:
    if not isinstance(found, dict):
        return found
    if "f" in found:
        return Formula(found["f"], found["v"])
    if "e" in found:
        return CellError(found["e"])
    if "d" in found:
        return dt.date.fromisoformat(found["d"])
    if "c" in found:
        return dt.time.fromisoformat(found["c"])
    return dt.datetime.fromisoformat(found["t"])
