"""Hands a workbook back with what is wrong in it painted red and explained in comments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from companion.core.sheets.apart import run_apart
from companion.core.sheets.guard import check_kind, read_parts
from companion.core.text import strip_forbidden

_PAINTER = Path(__file__).with_name("painter.py")
SECONDS = 30


class Mark(Protocol):
    """What is wrong with one cell."""

    @property
    def sheet(self) -> str:
        """Name of the sheet."""

    @property
    def row(self) -> int:
        """Row from 1."""

    @property
    def column(self) -> str:
        """The column as a person reads it."""

    @property
    def column_number(self) -> int:
        """Column from 1."""

    @property
    def value(self) -> str:
        """The value found."""

    @property
    def message(self) -> str:
        """What to do, in Japanese."""


def mark_refused(data: bytes, faults: Sequence[Mark]) -> bytes:
    """The same workbook with the cells of the faults red, a comment in each, and a list of them.

    Runs in a process of its own under limits, as the reading does. Text boxes and pictures of the
    original are lost: openpyxl does not carry them.

    Raises:
        InvalidWorkbook: the workbook cannot be opened again.
    """
    check_kind(data, "")
    read_parts(data)
    marks = [
        {
            "sheet": fault.sheet,
            "row": fault.row,
            "column": fault.column,
            "column_number": fault.column_number,
            "value": strip_forbidden(fault.value),
            "message": strip_forbidden(fault.message),
        }
        for fault in faults
    ]
    return run_apart(_PAINTER, json.dumps(marks).encode() + b"\n" + data, SECONDS)
