"""`strict: true`: counts of one and two are hidden too, and what would give them away.

Counts of one answer each add up to n, so a small one is hidden with the smallest larger one;
several answers stand each for itself. What is worked out of all the counts (mean, median, boxes,
M.T.) is left out with them.
"""

from __future__ import annotations

from dataclasses import replace

from companion.surveys.shares import HIDDEN, UNAVAILABLE
from companion.surveys.tables import ROUNDING_NOTE, Row, Table

SMALLEST_SHOWN = 3
NOTE = f"{SMALLEST_SHOWN}未満の回答数と、差し引きで分かる回答数は、秘匿して「{HIDDEN}」で示す。"
_NONE = ""  # 無回答


def is_small(count: int) -> bool:
    """One or two; that nobody chose something may be told."""
    return 0 < count < SMALLEST_SHOWN


def withheld(table: Table) -> Table:
    """The table without its small counts and what tells them; the same where there are none."""
    if table.kind == "number":  # the ends are one person's figures
        table = replace(table, minimum=None, maximum=None)
    counts = {row.code: row.count for row in table.rows}
    if not counts:
        return table
    gone = {code for code, count in counts.items() if is_small(count)}
    printed_none = table.no_answer_row is not None
    if is_small(table.no_answer):
        gone.add(_NONE)
    if not gone:
        return table
    if table.kind != "multi":
        cells = {**counts, **({_NONE: table.no_answer} if printed_none else {})}
        larger = sorted((n, code) for code, n in cells.items() if n >= SMALLEST_SHOWN)
        gone |= {code for _, code in larger[:1]}
    return replace(
        table.without_measures(table.mean_flag if table.mean_flag == UNAVAILABLE else HIDDEN),
        rows=tuple(_without(row, row.code in gone) for row in table.rows),
        no_answer=0 if _NONE in gone else table.no_answer,
        no_answer_flag=HIDDEN if _NONE in gone and printed_none else "",
        has_of_answers=False,
        # The other notes hold figures.
        notes=(*(note for note in table.notes if note == ROUNDING_NOTE), NOTE),
        chart="none",
    )


def _without(row: Row, is_gone: bool) -> Row:
    if is_gone:
        row = replace(row, count=0, share_tenths=None, flag=HIDDEN)
    return replace(row, of_answers_tenths=None)


def tells_small_counts(part: Table, whole: Table) -> bool:
    """Whether a row of a cross table has a small count, by itself or as the rest of its n.

    `part` is the row, not hidden; `whole` the row 全体 as it is printed.
    """
    gone = {row.code for row in whole.rows if row.flag == HIDDEN}
    shown = [row.count for row in part.rows if row.code not in gone]
    rest = sum(row.count for row in part.rows if row.code in gone)
    none = part.no_answer_row
    if none and whole.no_answer_flag:
        rest += none.count
    elif none:
        shown.append(none.count)
    return any(map(is_small, shown)) or (part.kind != "multi" and is_small(rest))
