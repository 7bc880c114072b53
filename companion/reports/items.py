"""What a template of the office can ask of a report: single figures and lists, each by name.

A name is made of parts: 「年度」, 「分野別.n」, 「分野別.計.チーム数」, 「分野別.観光.チーム数」
(row and column), and of a list 「分野別.政策分野」, whose row is repeated for every record. Width
of characters, spaces and signs do not matter: names of cells in Excel cannot hold all of them.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from companion.core import clock
from companion.core.sheets.looks import DATE_FORMAT, MEAN_FORMAT
from companion.core.sheets.writer import CELL_LIMIT
from companion.core.text import strip_forbidden
from companion.core.wareki import wareki
from companion.reports.tables import Cell, Column, Report, Row, Styled, Table
from companion.reports.wording import MORE_FORMATS, plain, shown

FORMATS = {
    "share": "0.0%",
    "mean": MEAN_FORMAT,
    **MORE_FORMATS,
    "count": "#,##0",
    "number": "0",
    "date": DATE_FORMAT,
}
BY_ROW = 200  # tables up to this length have a name for every figure
RUNNING = "連番"
_SIGNS = re.compile(r"[^\w.]+")


def key_of(name: str) -> str:
    """What makes two names the same."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("。", "")
    return _SIGNS.sub("_", re.sub(r"\s", "", plain)).strip("_.")


@dataclass(frozen=True)
class Single:
    """One figure or text."""

    name: str
    value: Cell
    style: str = "text"


@dataclass(frozen=True)
class Listed:
    """A column of a list; `place` is None for the running number."""

    name: str
    block: str
    place: int | None
    style: str


@dataclass(frozen=True)
class Block:
    """A list: one record a row."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]


Item = Single | Listed


@dataclass(frozen=True)
class Vocabulary:
    """Everything a report can give to a template, by the key of its name."""

    items: dict[str, Item]
    blocks: dict[str, Block]

    def find(self, name: str) -> Item | None:
        """The item of that name."""
        return self.items.get(key_of(name))

    def nearest(self, name: str) -> str:
        """The name that looks most like it, 「」 when none does."""
        close = difflib.get_close_matches(key_of(name), self._keys, n=1, cutoff=0.55)
        return self.items[close[0]].name if close else ""

    @cached_property
    def _keys(self) -> list[str]:
        return list(self.items)

    @property
    def singles(self) -> list[Single]:
        """The single figures, but those of a row of a table, which follow a rule."""
        found = [item for item in self.items.values() if isinstance(item, Single)]
        return [item for item in found if item.name.count(".") < 2 or ".計." in item.name]

    def of_list(self, block: str) -> list[Listed]:
        """The columns of a list."""
        return [i for i in self.items.values() if isinstance(i, Listed) and i.block == block]


def vocabulary(report: Report) -> Vocabulary:
    """The items of a report; where two would have one name, the first keeps it."""
    items: dict[str, Item] = {}
    blocks: dict[str, Block] = {}

    def add(item: Item) -> None:
        items.setdefault(key_of(item.name), item)

    for single in _of_report(report):
        add(single)
    for table in report.tables:
        for single in _of_table(table):
            add(single)
        # The columns of the print sheet and those for machines: codes are often wanted too.
        _add_block(Block(table.key, table.title, table.columns, table.rows), blocks, add)
        for single in _of_rows(table):
            add(single)
    for sheet in report.data:
        name = sheet.name.removeprefix("データ_")
        _add_block(Block(name, sheet.name, sheet.columns, sheet.rows), blocks, add)
    return Vocabulary(items, blocks)


def _of_report(report: Report) -> Iterable[Single]:
    yield Single("期", report.period)
    yield Single("年度", report.fiscal_year, "number")
    yield Single("帳票名", report.title)
    yield Single("作成", report.secretariat)
    yield Single("版", report.edition.label)
    yield Single("取扱区分", report.edition.classification)
    if report.as_of:
        local = clock.to_jst(report.as_of)
        yield Single("集計の基準日", wareki(local.date()))
    yield Single("不足しているもの", "\n".join(report.missing) or "なし")
    yield from (Single(label, words) for label, words in report.facts)


def _of_table(table: Table) -> Iterable[Single]:
    yield Single(f"{table.key}.題名", (f"{table.number}　" if table.number else "") + table.title)
    yield Single(f"{table.key}.対象", table.base)
    yield Single(f"{table.key}.n", table.n if table.n is not None else "－", "count")
    yield Single(
        f"{table.key}.注", "\n".join(f"（注{i}）{words}" for i, words in enumerate(table.notes, 1))
    )
    if table.total is not None:
        for place, column in enumerate(table.columns):
            value = table.total[place]
            if column.is_number and value is not None:
                yield Single(f"{table.key}.計.{column.label}", value, column.style)


def _of_rows(table: Table) -> Iterable[Single]:
    """Every figure by the words of its row: those of the first column of words."""
    if len(table.rows) > BY_ROW:
        return
    words = next((i for i, c in table.printed if not c.is_number and c.style != "date"), None)
    if words is None:
        return
    labels = [plain(row[words]) for row in [*table.rows, *table.extra]]
    twice = {label for label in labels if labels.count(label) > 1}
    for label, row in zip(labels, [*table.rows, *table.extra], strict=True):
        if not isinstance(label, str) or label in twice:
            continue  # two teams of one name: nobody could tell which
        for place, column in enumerate(table.columns):
            if place != words and column.in_print:
                yield Single(f"{table.key}.{label}.{column.label}", row[place], column.style)


def _add_block(block: Block, blocks: dict[str, Block], add: Any) -> None:
    if block.name in blocks:
        return
    blocks[block.name] = block
    add(Listed(f"{block.name}.{RUNNING}", block.name, None, "number"))
    for place, column in enumerate(block.columns):
        add(Listed(f"{block.name}.{column.label}", block.name, place, column.style))


def figure(value: Cell, style: str) -> list[Any]:
    """A value as the filling takes it: kind, value, words, format; symbols stay text."""
    if isinstance(value, Styled):
        return figure(value.value, value.style)
    if value is None or value == "":
        return ["", None, "", ""]
    words = shown(value, style)
    if isinstance(value, str | bool | dt.datetime):
        text = strip_forbidden(words)[:CELL_LIMIT]
        return ["s", text, text, ""]
    if isinstance(value, dt.date):
        return ["d", value.isoformat(), words, FORMATS["date"]]
    number = value if isinstance(value, int) else float(value)
    return ["n", number, words, FORMATS.get(style, "")]
