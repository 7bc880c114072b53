"""Templates of offices: look for marks 《…》 and named cells, and fill them, losing nothing else.

Both run in a process of its own under limits, after the guard of every workbook from outside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.core.sheets.apart import run_apart
from companion.core.sheets.guard import check_kind, read_parts

_CHILD = Path(__file__).with_name("child.py")
SECONDS = 90


@dataclass(frozen=True)
class Mark:
    """A mark 《…》 of a template: where it stands, and why it cannot be filled there.

    `fault`: 「」, or formula, heading (of an Excel table), shape (a text box). `is_rich`: parts of
    the cell's text look different, which is lost.
    """

    sheet: str
    cell: str
    words: str
    is_rich: bool = False
    fault: str = ""


@dataclass(frozen=True)
class NamedCell:
    """A name of a template; `cell` is empty when it does not stand for cells of one sheet."""

    name: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class Look:
    """What a template holds; `contents` is (sheet, kind of thing, how many)."""

    sheets: list[str]
    marks: list[Mark]
    names: list[NamedCell]
    contents: list[tuple[str, str, int]]


def look_into(data: bytes, filename: str) -> Look:
    """What stands in a template, before anything is filled.

    Raises:
        InvalidWorkbook: no .xlsx, or with macros, outside links, embedded files (says what to do).
    """
    check_kind(data, filename)
    read_parts(data)
    found = json.loads(_run({"do": "look"}, data))
    return Look(
        found["sheets"],
        [Mark(m["sheet"], m["cell"], m["mark"], m["rich"], m["fault"]) for m in found["marks"]],
        [NamedCell(n["name"], n["sheet"], n["cell"]) for n in found["names"]],
        [(one["sheet"], one["kind"], one["count"]) for one in found["contents"]],
    )


def fill_in(
    data: bytes, *, marks: dict[str, Any], names: dict[str, Any], lists: dict[str, Any]
) -> bytes:
    """The template with the figures; the arguments are those of `writing`.

    The same template and figures give the same bytes.

    Raises:
        InvalidWorkbook: it cannot be filled.
    """
    wanted = {"do": "fill", "marks": marks, "names": names, "lists": lists}
    return _run(wanted, data)


def _run(wanted: dict[str, Any], data: bytes) -> bytes:
    return run_apart(_CHILD, json.dumps(wanted).encode() + b"\n" + data, SECONDS)
