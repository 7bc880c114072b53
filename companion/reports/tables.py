"""What a report is, as plain data: print sheets of tables, data sheets, checks, its passport.

Counts and exact fractions stand here, never rounded shares; how they look is the writers' part.
A text in a column of numbers is a symbol (「x」, 「…」, 「－」) and goes to the column 「記号」 of
the data sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from companion.core.sheets.writer import Value
from companion.reports.terms import Edition

NUMERIC = frozenset({"count", "number", "share", "mean", "hours", "points", "change", "score"})


@dataclass(frozen=True)
class Styled:
    """A value of another kind than its column's, such as a mean under counts."""

    value: Value
    style: str


Cell = Value | Styled
Row = Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """A column: its key, heading, style, unit and width in half-width characters.

    `in_print` and `in_data` leave it out of one layer: a code is for machines, a number for people.
    """

    key: str
    label: str
    style: str = "text"
    unit: str = ""
    width: float | None = None
    in_print: bool = True
    in_data: bool = True

    @property
    def is_number(self) -> bool:
        """True when its cells hold numbers."""
        return self.style in NUMERIC


@dataclass(frozen=True)
class Chart:
    """A picture of a column of numbers against one of words.

    A stacked one shows the columns from `value` to `last`, one colour each, in bars of 100 %.
    """

    kind: str  # bar | column | line | stacked
    label: str
    value: str
    last: str = ""


@dataclass(frozen=True)
class Proof:
    """A live formula of 検算: what it shows, the value it must give, and the formula itself."""

    name: str
    expected: int | Fraction
    formula: str
    number_format: str = "#,##0"


@dataclass(frozen=True)
class Where:
    """Where a table was printed: the quoted sheet, its first row of data and letters of columns."""

    sheet: str
    first: int
    last: int
    letters: dict[str, str]

    def span(self, key: str) -> str:
        """The cells of a column as a reference."""
        letter = self.letters[key]
        return f"{self.sheet}!${letter}${self.first}:${letter}${self.last}"

    def cell(self, key: str, number: int) -> str:
        """The cell of a column in the row with that number, from 0."""
        return f"{self.sheet}!${self.letters[key]}${self.first + number}"


@dataclass(frozen=True)
class Table:
    """One table: printed with heading, base, notes and chart; its rows are a data sheet too.

    `leads` gives, for each row, what narrows the list of rows behind the figure down to it.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    base: str = ""
    n: int | None = None
    notes: tuple[str, ...] = ()
    total: Row | None = None
    extra: tuple[Row, ...] = ()
    chart: Chart | None = None
    leads: tuple[dict[str, str], ...] = ()
    behind: str = ""
    number: str = ""
    proofs: Callable[[Where], Iterable[Proof]] | None = None
    has_data: bool = True

    @property
    def drawn(self) -> Chart:
        """The chart of a table that has one."""
        if self.chart is None:
            raise ValueError(f"table {self.key} has no chart")
        return self.chart

    @property
    def printed(self) -> list[tuple[int, Column]]:
        """The columns of the print sheet with their places in a row."""
        return [(i, column) for i, column in enumerate(self.columns) if column.in_print]

    @property
    def closing(self) -> tuple[Row, ...]:
        """What stands under the rows: the total, then means and the like."""
        return (*(() if self.total is None else (self.total,)), *self.extra)

    def place(self, key: str) -> int:
        """Where a column stands in a row."""
        return next(i for i, column in enumerate(self.columns) if column.key == key)


@dataclass(frozen=True)
class PrintSheet:
    """A sheet for people: one or more tables under each other."""

    name: str
    tables: tuple[Table, ...]
    is_landscape: bool = True
    page_per_table: bool = False


@dataclass(frozen=True)
class DataSheet:
    """A sheet for machines; `rows` may be read once only, so that long ones stream."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]

    @property
    def headings(self) -> list[str]:
        """Headings with their units, the column of symbols last."""
        named = [c.label + (f"［{c.unit}］" if c.unit else "") for c in self.columns if c.in_data]
        return [*named, "記号"]

    def lines(self) -> Iterator[list[Value]]:
        """The rows as data: numbers rounded as printed, symbols apart, no line breaks."""
        kept = [
            (i, column.is_number, column.style)
            for i, column in enumerate(self.columns)
            if column.in_data
        ]
        for row in self.rows:
            line: list[Value] = []
            symbols: list[str] = []
            for i, is_number, style in kept:
                value = row[i]
                if type(value) is int or value is None:
                    line.append(value)
                    continue
                if isinstance(value, Styled):
                    value = value.value
                if is_number and isinstance(value, str):
                    symbols.append(value)
                    value = None
                line.append(_datum(value, style))
            line.append("・".join(dict.fromkeys(symbols)) or None if symbols else None)
            yield line


_CIRCLED = str.maketrans({chr(0x2460 + n): str(n + 1) for n in range(20)})


@lru_cache(maxsize=4096)
def _plain_text(text: str) -> str:
    """統一ルール: no line breaks, no characters that depend on the machine. Texts repeat a lot."""
    return " ".join(text.split()).translate(_CIRCLED)


def _datum(value: Value, style: str) -> Value:
    if isinstance(value, str):
        return _plain_text(value) or None
    if isinstance(value, Fraction):
        factor, places = (1000, 10) if style == "share" else (10, 10)
        size = (2 * factor * abs(value.numerator) + value.denominator) // (2 * value.denominator)
        return (size if value >= 0 else -size) / places
    return value


@dataclass(frozen=True)
class CheckLine:
    """A check that was made before printing."""

    name: str
    expected: Value
    found: Value
    is_ok: bool
    note: str = ""


@dataclass(frozen=True)
class Report:
    """Everything of one pack in one edition: pages, files and slides print what stands here."""

    pack: str
    title: str
    period: str
    fiscal_year: int
    secretariat: str
    edition: Edition
    sheets: tuple[PrintSheet, ...]
    data: tuple[DataSheet, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # what the cover says of sources and bases
    missing: tuple[str, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: dt.datetime | None = None
    is_demo: bool = False
    people: int = 0  # how many persons' contacts are in it
    slides: tuple[str, ...] = field(default=())  # keys of the tables that make slides

    @property
    def tables(self) -> list[Table]:
        """Every table of the print sheets."""
        return [table for sheet in self.sheets for table in sheet.tables]

    def table(self, key: str) -> Table | None:
        """The table of that key."""
        return next((table for table in self.tables if table.key == key), None)

    def data_sheets(self) -> list[DataSheet]:
        """データ sheets: those the pack gives, and one for each table that is data."""
        made = [
            DataSheet(
                f"データ_{table.key}",
                (
                    Column("year", "年度", "number", "西暦"),
                    *table.columns,
                    Column("n", "基数", "number"),
                ),
                [(self.fiscal_year, *row, table.n) for row in table.rows],
            )
            for table in self.tables
            if table.has_data
        ]
        return [*made, *self.data]
