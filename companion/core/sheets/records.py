"""A table found in a sheet, and its records: 〃 and merged cells filled in, totals left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from companion.core.sheets.reader import CellError, CellValue, Formula, Sheet
from companion.core.text import forbidden_in, name_key, squash

_DITTO = frozenset({"〃", "″", '"', "”", "々", "仝", "同上", "同じ", "''", "′′"})
_TOTAL = re.compile(r"^(?:合計|総計|小計|計|総数|total|うち.*計)(?:[（(:：].*)?$")


@dataclass(frozen=True)
class Wanted:
    """A column an import looks for.

    Args:
        key: its name in code.
        words: what its heading may say; the first is what the error message names.
        under: what the heading above it must say when the words alone could be another column.
        required: the table is not this list without it.
    """

    key: str
    words: tuple[str, ...]
    under: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Cell:
    """One value of a record and where it stands."""

    row: int
    column: int
    heading: str
    raw: CellValue

    @property
    def place(self) -> str:
        """「G列「人口／基準日」」, or the letter alone for a column without a heading."""
        letter = column_letters(self.column)
        return f"{letter}列「{self.heading}」" if self.heading else f"{letter}列"

    @property
    def shown(self) -> str:
        """The value found, for a message, at most 80 characters."""
        text = "" if self.raw is None else str(self.raw)
        return text if len(text) <= 80 else text[:80] + "…"

    @property
    def fault(self) -> str | None:
        """Why the cell itself cannot be taken: a formula, an error, hidden characters."""
        if isinstance(self.raw, Formula):
            return "数式が入っています。値に変えて（値の貼り付け）ください。"
        if isinstance(self.raw, CellError):
            return "計算エラーの値です。正しい値を記入してください。"
        if isinstance(self.raw, str) and (found := forbidden_in(self.raw)):
            codes = "、".join(found[:3])
            return f"見えない制御文字（{codes}）が含まれています。入力し直してください。"
        return None


@dataclass(frozen=True)
class Record:
    """One row of the table by column key; a column the sheet lacks is not in `cells`."""

    row: int
    cells: dict[str, Cell]

    def raw(self, key: str) -> CellValue:
        """The value of a column, None when blank or not there; formulas count as their text."""
        cell = self.cells.get(key)
        return cell.raw if cell else None

    def text(self, key: str) -> str:
        """The value as text without surrounding spaces; whole numbers without 「.0」."""
        value = self.raw(key)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()


@dataclass(frozen=True)
class Table:
    """A table found in a sheet: where its columns are, and its records."""

    sheet: Sheet
    top: int
    height: int
    columns: dict[str, int]
    headings: dict[int, str]
    words: dict[int, frozenset[str]] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        """Rows with something in them; 〃 and merged cells are filled in, totals are left out.

        A row counts as a total when one of its cells says 合計 and the first required column is
        blank. A header repeated by hand in mid-table and notes (※) are left out too.
        """
        rows = filled(self.sheet)
        before: dict[int, CellValue] = {}
        for row in range(self.top + self.height, len(rows) + 1):
            values = rows[row - 1]
            if all(is_blank(values[column - 1]) for column in self.columns.values()):
                continue
            if self._is_repeated_header(values) or self._is_note_or_total(values):
                continue
            cells = {}
            for key, column in self.columns.items():
                value = values[column - 1]
                if isinstance(value, str) and squash(value) in _DITTO:
                    value = before.get(column)
                elif is_blank(value):
                    value = None
                before[column] = value if value is not None else before.get(column)
                cells[key] = Cell(row, column, self.headings[column], value)
            yield Record(row, cells)

    def _is_repeated_header(self, values: Sequence[CellValue]) -> bool:
        same = sum(
            1
            for column in self.columns.values()
            if isinstance(values[column - 1], str)
            and name_key(str(values[column - 1])) in self.words[column]
        )
        return same >= 3

    def _is_note_or_total(self, values: Sequence[CellValue]) -> bool:
        written = [(index + 1, value) for index, value in enumerate(values) if not is_blank(value)]
        if isinstance(written[0][1], str):
            first = squash(str(written[0][1]))
            if len(written) == 1 and first.startswith(("※", "*", "注", "(注", "備考")):
                return True
        says_total = any(
            isinstance(value, str) and _TOTAL.match(re.sub(r"\s", "", squash(value).casefold()))
            for _, value in written
        )
        key_column = next(iter(self.columns.values()))
        return says_total and _blank_or_total(values[key_column - 1])


def _blank_or_total(value: CellValue) -> bool:
    return is_blank(value) or bool(
        isinstance(value, str) and _TOTAL.match(re.sub(r"\s", "", squash(value).casefold()))
    )


def filled(sheet: Sheet) -> list[list[CellValue]]:
    """The rows with the value of every merged range in each of its cells."""
    if not sheet.merged:
        return sheet.rows
    rows = [list(row) for row in sheet.rows]
    width = len(rows[0]) if rows else 0
    for top, left, bottom, right in sheet.merged:
        value = sheet.value(top, left)
        if value is None:
            continue
        for row in range(top, min(bottom, len(rows)) + 1):
            for column in range(left, min(right, width) + 1):
                rows[row - 1][column - 1] = value
    return rows


def is_blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def column_letters(column: int) -> str:
    """「A」 for 1, 「AA」 for 27."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
