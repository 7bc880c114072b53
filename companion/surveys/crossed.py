"""A cross table as it is printed: rows of groups, cells of answers, hidden ones without figures."""

from __future__ import annotations

from dataclasses import dataclass

from companion.surveys.shares import (
    HIDDEN,
    REFERENCE_BELOW,
    UNAVAILABLE,
    format_n,
    share_tenths,
)
from companion.surveys.tables import Table

Group = tuple[str, str]  # code and label

_SHADED, _MARKED = 100, 50  # tenths of a point away from 全体


@dataclass(frozen=True)
class Cell:
    """One answer of one group. `mark`: "++", "+", "-", "--" for ±10 and ±5 points from 全体."""

    code: str
    count: int
    share_tenths: int | None
    flag: str = ""
    mark: str = ""


@dataclass(frozen=True)
class CrossRow:
    """One group: its base, answers, 無回答 and mean. A hidden row holds no figure at all."""

    code: str
    label: str
    n: int
    n_text: str
    cells: tuple[Cell, ...]
    no_answer: Cell
    mean_tenths: int | None
    mean_flag: str
    n_scored: int
    hidden: bool = False
    uniform: bool = False  # everybody answered the same in a group under 30


@dataclass(frozen=True)
class CrossTab:
    """One banner against one question. `reachable` is None: nothing small can be worked out."""

    question: str
    banner: str
    banner_label: str
    title: str
    columns: tuple[Group, ...]
    total: CrossRow
    rows: tuple[CrossRow, ...]
    has_mean: bool
    overlapping: bool
    min_base: int
    reachable: int | None
    notes: tuple[str, ...]


def cross_row(
    code: str, label: str, table: Table, total: Table, hidden: bool, threshold: int
) -> CrossRow:
    """One row of a cross table; a hidden one holds no figure of its group."""
    codes = [row.code for row in total.rows]
    if hidden:
        cells = tuple(Cell(column, 0, None, HIDDEN) for column in codes)
        text = f"{threshold}未満" if table.n < threshold else HIDDEN
        none = Cell("", 0, None, HIDDEN)
        return CrossRow(code, label, 0, text, cells, none, None, HIDDEN, 0, hidden=True)
    counts = {row.code: row.count for row in table.rows}
    cells = tuple(
        Cell(row.code, 0, None, HIDDEN)
        if row.flag == HIDDEN
        else _cell(row.code, counts.get(row.code, 0), table.n, row.share_tenths)
        for row in total.rows
    )
    empty = table.no_answer_row
    relevant_base = empty.count if empty and table.n else 0
    is_withheld = total.withheld
    return CrossRow(
        code=code,
        label=label,
        n=table.n,
        n_text=format_n(table.n),
        cells=cells,
        no_answer=Cell("", 0, None, HIDDEN)
        if total.no_answer_flag
        else _cell("", relevant_base, table.n, None),
        mean_tenths=None if is_withheld else table.mean_tenths,
        mean_flag=HIDDEN if is_withheld else table.mean_flag,
        n_scored=0 if is_withheld else table.n_scored,
        uniform=bool(code) and 0 < table.n < REFERENCE_BELOW and table.n in counts.values(),
    )


def _cell(code: str, count: int, n: int, of_all: int | None) -> Cell:
    if not n:
        return Cell(code, 0, None, UNAVAILABLE)
    share = share_tenths(count, n)
    away = share - of_all if of_all is not None and n >= REFERENCE_BELOW else 0
    sign = "+" if away > 0 else "-"
    mark = sign * 2 if abs(away) >= _SHADED else sign if abs(away) >= _MARKED else ""
    return Cell(code, count, share, "", mark)
