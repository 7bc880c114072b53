"""The cells of a workbook as JSON values; beside `child` and, like it, only the standard library.

What JSON does not know is an object: `{"f": formula, "v": value}`, `{"e": error}`, `{"d": day}`,
`{"t": moment}`, `{"c": time of day}`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import guard
from bookparts import Relations, Strings, Styles, Workbook, Xml, refuse

LIMITS = guard.LIMITS

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class _Sheet(Xml):
    """The cells that hold something, and the merged ranges."""

    def __init__(self, part: bytes, name: str, book: _Book) -> None:
        self.name, self.book = name, book
        self.cells: list[tuple[int, int, Any]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.row = self.column = 0
        self.kind = ""
        self.style = 0
        self.collecting = ""
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.in_reading = 0
        super().__init__(part)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif name == "c":
            if "r" in attributes:
                self.row, self.column = _address(attributes["r"])
            else:
                self.column += 1
            self.kind = attributes.get("t", "n")
            self.style = int(attributes.get("s", 0))
            self.value, self.formula = [], None
        elif name == "f":
            self.formula, self.collecting = [], "f"
        elif name == "rPh":
            self.in_reading += 1
        elif name in ("v", "t") and not self.in_reading:
            self.collecting = name
        elif name == "mergeCell":
            self._merge(attributes["ref"])

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _address(first)
        bottom, right = _address(last or first)
        if len(self.merged) >= LIMITS.merged_ranges or bottom - top > LIMITS.rows:
            raise refuse(
                f"シート「{self.name[:31]}」の結合セルが多すぎるか広すぎます。"
                "結合を解除して保存し直してください。"
            )
        self.merged.append((top, left, bottom, right))

    def text(self, data: str) -> None:
        if self.collecting == "f" and self.formula is not None:
            self.formula.append(data)
        elif self.collecting:
            self.value.append(data)

    def closed(self, name: str) -> None:
        if name == "c":
            self._finish()
        elif name == "rPh":
            self.in_reading -= 1
        elif name == self.collecting:
            self.collecting = ""

    def _finish(self) -> None:
        raw = "".join(self.value)
        if raw == "" and self.formula is None:
            return
        where = f"シート「{self.name[:31]}」のセル{_letters(self.column)}{self.row}"
        if not 1 <= self.row <= LIMITS.rows or not 1 <= self.column <= LIMITS.columns:
            raise refuse(
                f"{where}に値があります。読めるのは{LIMITS.rows:,}行×{LIMITS.columns}列までです。"
                "表の外にある値を消して保存し直してください。"
            )
        value = self._decoded(raw)
        if isinstance(value, str):
            if len(value) > LIMITS.cell_characters:
                raise refuse(
                    f"{where}の文字数が{len(value):,}字あります。"
                    f"{LIMITS.cell_characters:,}字以下に短くしてください。"
                )
            self.book.count(len(value))
        if self.formula is not None:
            cached = value if isinstance(value, str | int | float) and value != "" else None
            value = {"f": "=" + "".join(self.formula)[:200], "v": cached}
        if value != "":
            self.book.count_cell()
            self.cells.append((self.row, self.column, value))

    def _decoded(self, raw: str) -> Any:
        if self.kind == "s":
            return _unescaped(self.book.strings[int(raw)]) if raw else ""
        if self.kind in ("inlineStr", "str"):
            return _unescaped(raw)
        if self.kind == "b":
            return raw.strip() in ("1", "true")
        if self.kind == "e":
            return {"e": raw[:20]}
        if self.kind == "d":
            return {"t": dt.datetime.fromisoformat(raw.replace("Z", "")).isoformat()}
        if not raw.strip():
            return ""
        number = float(raw)
        if number != number or number in (float("inf"), float("-inf")):
            return {"e": "#NUM!"}
        styles = self.book.is_date
        if 0 <= self.style < len(styles) and styles[self.style]:
            return _moment(number, self.book.is_1904)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


class _Book:
    """What the sheets share: strings, formats, and the running count of characters."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        workbook = Workbook(parts["xl/workbook.xml"])
        targets = Relations(parts["xl/_rels/workbook.xml.rels"]).targets
        styles = parts.get(_named(targets, "styles", "xl/styles.xml"))
        strings = parts.get(_named(targets, "sharedstrings", "xl/sharedstrings.xml"))
        self.is_1904 = workbook.is_1904
        self.is_date = Styles(styles).is_date if styles else []
        self.strings = Strings(strings).found if strings else []
        self.characters = self.cells = 0
        self.sheets = []
        for name, state, relation in workbook.sheets:
            target = targets[relation]
            sheet: dict[str, Any] = {"name": name[:100], "state": state}
            sheet |= {"cells": [], "merged": [], "names": []}
            if state == "visible" and "worksheets/" in target:
                read = _Sheet(parts[target], name, self)
                named = [(word, *_address(at)) for word, on, at in workbook.names if on == name]
                sheet |= {"cells": read.cells, "merged": read.merged, "names": named}
            self.sheets.append(sheet)

    def count_cell(self) -> None:
        """Add a cell: a hostile sheet can name the same one again and again."""
        self.cells += 1
        if self.cells > LIMITS.cells:
            raise refuse(guard.TOO_MANY_CELLS)

    def count(self, characters: int) -> None:
        """Add to the text of all cells: one long shared string can stand in every cell."""
        self.characters += characters
        if self.characters > LIMITS.all_characters:
            raise refuse(
                "ブック全体の文字数が多すぎます。不要なシートと列を除いて保存し直してください。"
            )


def _named(targets: dict[str, str], word: str, otherwise: str) -> str:
    return next((path for path in targets.values() if word in path), otherwise)


def _address(reference: str) -> tuple[int, int]:
    found = _ADDRESS.fullmatch(reference.replace("$", "").upper())
    if not found:
        raise refuse(guard.BROKEN)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _letters(column: int) -> str:
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _unescaped(text: str) -> str:
    """Excel writes characters that XML forbids as _x000B_."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _moment(number: float, is_1904: bool) -> Any:
    if not 0 <= number < 2_958_466:  # beyond the year 9999
        return {"e": "#VALUE!"}
    epoch = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
    seconds = int((number % 1) * 86_400 + 0.5)
    moment = epoch + dt.timedelta(days=int(number), seconds=seconds)
    if number < 1:
        return {"c": moment.time().isoformat()}
    return {"t": moment.isoformat()} if seconds else {"d": moment.date().isoformat()}


def parse(data: bytes) -> list[dict[str, Any]]:
    """The sheets of a workbook; hidden ones without their cells.

    Raises:
        InvalidWorkbook: of this process's own copy of the guard.
    """
    parts = guard.read_parts(data)
    try:
        return _Book(parts).sheets
    except guard.InvalidWorkbook:
        raise
    except Exception as error:  # every way to fail on a malformed part is one refusal
        raise refuse(guard.BROKEN) from error
