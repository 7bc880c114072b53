"""Where cells go when rows are repeated: references, ranges and formulas follow, as in Excel.

Pure; knows openpyxl's splitter of formulas only. Rows count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from openpyxl.formula.tokenizer import Token, Tokenizer

_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})"
_AREA = re.compile(rf"{_CELL}(?::{_CELL})?")
_ROWS = re.compile(r"(\$?)([1-9]\d{0,6}):(\$?)([1-9]\d{0,6})")
_SHEET = re.compile(r"('(?:[^']|'')+'|[^'!\[\]:]+)!(.+)", re.DOTALL)


@dataclass(frozen=True)
class Repeated:
    """Rows `top` to `bottom` of a sheet stand for one record and are written `times` times."""

    top: int
    bottom: int
    times: int

    @property
    def height(self) -> int:
        """Rows of one record."""
        return self.bottom - self.top + 1

    @property
    def extra(self) -> int:
        """How many rows the sheet grows by."""
        return self.height * (max(self.times, 1) - 1)


@dataclass(frozen=True)
class Moves:
    """The repeated rows of every sheet, by its name."""

    repeated: dict[str, list[Repeated]] = field(default_factory=dict)

    def block_at(self, sheet: str, row: int) -> Repeated | None:
        """The block a row belongs to."""
        return next((b for b in self.repeated.get(sheet, ()) if b.top <= row <= b.bottom), None)

    def row(self, sheet: str, row: int) -> int:
        """The new place of a row; of a repeated one the place in the first record."""
        return row + sum(b.extra for b in self.repeated.get(sheet, ()) if b.bottom < row)

    def end(self, sheet: str, row: int) -> int:
        """The new place of the last row of a range: one that ends with a block holds all of it."""
        return row + sum(b.extra for b in self.repeated.get(sheet, ()) if b.bottom <= row)

    def area(self, sheet: str, reference: str, *, grows: bool = True) -> str:
        """A range such as 「A5:C5」; a single cell stays one unless `grows` (a rule's range)."""

        def put(found: re.Match[str]) -> str:
            a, b, c, row, d, e, f, last = found.groups()
            if last is None:
                here = self.row(sheet, int(row))
                there = self.end(sheet, int(row)) if grows else here
                one = f"{a}{b}{c}{here}"
                return one if here == there else f"{one}:{a}{b}{c}{there}"
            return f"{a}{b}{c}{self.row(sheet, int(row))}:{d}{e}{f}{self.end(sheet, int(last))}"

        return _AREA.sub(put, reference)

    def formula(
        self,
        sheet: str,
        text: str,
        *,
        record: int = 0,
        block: Repeated | None = None,
        grows: bool = False,
    ) -> str:
        """A formula without its 「=」 as it must read afterwards.

        Args:
            sheet: the sheet it stands on.
            record: of a formula inside a block the number of the record, from 0: references
                without $ to the block's own rows and to the rows just above go along.
            block: that block.
            grows: a single cell of a block becomes all its records (what a chart draws).
        """

        def one(prefix: str, there: str, reference: str) -> str:
            if found := _AREA.fullmatch(reference):
                if grows:
                    return prefix + self.area(there, reference)
                return prefix + self._cells(there, found, sheet, record, block)
            if found := _ROWS.fullmatch(reference):
                a, top, b, bottom = found.groups()
                new = f"{a}{self.row(there, int(top))}:{b}{self.end(there, int(bottom))}"
                return prefix + new
            return prefix + reference

        return _each_reference(sheet, text, one)

    def _cells(
        self, there: str, found: re.Match[str], here: str, record: int, block: Repeated | None
    ) -> str:
        a, b, c, row, d, e, f, last = found.groups()

        def goes_along(row: int, fixed: str) -> bool:
            if block is None or there != here or fixed:
                return False
            # The rows of the record, and those of the record before it (a running total).
            return block.top - block.height <= row <= block.bottom

        if block is not None and (goes_along(int(row), c) or (last and goes_along(int(last), f))):
            step = record * block.height
            first = self.row(there, int(row)) + (step if goes_along(int(row), c) else 0)
            if last is None:
                return f"{a}{b}{c}{first}"
            second = self.row(there, int(last)) + (step if goes_along(int(last), f) else 0)
            return f"{a}{b}{c}{first}:{d}{e}{f}{second}"
        return self.area(there, found[0], grows=False)


def _each_reference(sheet: str, text: str, change: Callable[[str, str, str], str]) -> str:
    """The formula with every reference changed; `change` gets prefix, sheet and reference."""
    tokens = Tokenizer("=" + text)
    for token in tokens.items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        prefix, there, reference = "", sheet, token.value
        if found := _SHEET.fullmatch(token.value):
            prefix, reference = found[1] + "!", found[2]
            there = found[1].strip("'").replace("''", "'")
        elif "!" in token.value:
            continue  # several sheets, or another workbook
        token.value = change(prefix, there, reference)
    return tokens.render()[1:]
