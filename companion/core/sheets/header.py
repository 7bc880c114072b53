"""Find the table in a sheet by the words of its header, wherever it stands.

A title above, notes, an offset column, merged cells and headers of two or three rows do not
matter; hidden sheets are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.reader import CellValue, Sheet
from companion.core.sheets.records import Table, Wanted, filled, is_blank
from companion.core.text import name_key, squash

_SEARCHED_ROWS = 60
_HEADER_HEIGHT = 3


def find_table(
    sheets: Sequence[Sheet],
    wanted: Sequence[Wanted],
    *,
    title: str,
    others: Mapping[str, Sequence[Wanted]] | None = None,
) -> Table:
    """The one table that has the wanted columns.

    Args:
        wanted: its first column must be the one that no record can lack (code, e-mail).
        title: what the list is called, for messages.
        others: lists that people take for this one, by their titles: a mix-up is called by name.

    Raises:
        InvalidWorkbook: no sheet fits (says which words were looked for), or two fit.
    """
    found = [(sheet, _best(sheet, wanted)) for sheet in sheets if sheet.is_visible and sheet.rows]
    fitting = [table for _, table in found if table and not _missing(table, wanted)]
    if len(fitting) > 1:
        names = "、".join(f"「{table.sheet.name}」" for table in fitting)
        raise InvalidWorkbook(
            f"{title}として読めるシートが二つ以上あります（{names}）。"
            "取り込むシートだけを残すか、ほかを非表示にしてください。"
        )
    if fitting:
        return fitting[0]
    for other, columns in (others or {}).items():
        if fits(sheets, columns):
            raise InvalidWorkbook(
                f"このブックは{other}のようです。{title}のブックを選び直してください。"
            )
    near = max(
        (table for _, table in found if table), key=lambda table: len(table.columns), default=None
    )
    needed = [column for column in wanted if column.required]
    if near is None or len(near.columns) * 3 < len(needed):
        words = "」「".join(column.words[0] for column in needed)
        raise InvalidWorkbook(
            f"{title}の見出し行が見つかりません。「{words}」の列があるシートを選んでください。"
        )
    words = "」「".join(column.words[0] for column in _missing(near, wanted))
    raise InvalidWorkbook(
        f"{title}として読むには、シート「{near.sheet.name}」の見出し（{near.top}行目）に"
        f"「{words}」の列が足りません。列を加えるか、見出しの言葉を直してください。"
    )


def fits(sheets: Sequence[Sheet], wanted: Sequence[Wanted]) -> bool:
    """Whether some visible sheet has all required columns: used to name a list in a wrong place."""
    return any(
        (table := _best(sheet, wanted)) is not None and not _missing(table, wanted)
        for sheet in sheets
        if sheet.is_visible and sheet.rows
    )


def _missing(table: Table, wanted: Sequence[Wanted]) -> list[Wanted]:
    return [column for column in wanted if column.required and column.key not in table.columns]


def _best(sheet: Sheet, wanted: Sequence[Wanted]) -> Table | None:
    rows = filled(sheet)
    best: Table | None = None
    for top in range(1, min(len(rows), _SEARCHED_ROWS) + 1):
        if len({str(value) for value in rows[top - 1] if not is_blank(value)}) < 2:
            continue  # a title, a note or nothing: a header begins with several words
        for height in range(1, min(_HEADER_HEIGHT, len(rows) - top + 1) + 1):
            table = _matched(sheet, rows, top, height, wanted)
            if table and (best is None or len(table.columns) > len(best.columns)):
                best = table
    return best


def _matched(
    sheet: Sheet, rows: list[list[CellValue]], top: int, height: int, wanted: Sequence[Wanted]
) -> Table | None:
    levels = rows[top - 1 : top - 1 + height]
    headings: dict[int, list[str]] = {}
    for column in range(1, len(levels[0]) + 1):
        words = [level[column - 1] for level in levels]
        said = [squash(word).replace("\n", "") for word in words if isinstance(word, str)]
        headings[column] = [word for word in dict.fromkeys(said) if word]
    _spread_unmerged(headings, levels)
    columns: dict[str, int] = {}
    taken: set[int] = set()
    for want in wanted:
        keys = {name_key(word) for word in want.words}
        above = {name_key(word) for word in want.under}
        joined = keys | {
            one + other for one in above for other in keys
        }  # 「連絡先電話」 in one cell
        for column, said in headings.items():
            if column in taken or not said:
                continue
            leaf, whole = name_key(said[-1]), name_key("".join(said))
            parents = {name_key(word) for word in said[:-1]} or {leaf}
            if (leaf in keys and (not above or parents & above)) or whole in joined:
                columns[want.key] = column
                taken.add(column)
                break
    if len(columns) < min(2, len(wanted)):
        return None
    shown = {column: "／".join(said) for column, said in headings.items()}
    said_keys = {
        column: frozenset(name_key(word) for word in said) for column, said in headings.items()
    }
    return Table(sheet, top, height, columns, shown, said_keys)


def _spread_unmerged(headings: dict[int, list[str]], levels: list[list[CellValue]]) -> None:
    """Give a heading over several columns to those right of it when nobody merged the cells."""
    if len(levels) < 2:
        return
    parent = ""
    for column in range(1, len(levels[0]) + 1):
        upper, lower = levels[0][column - 1], levels[-1][column - 1]
        if isinstance(upper, str) and upper.strip():
            parent = squash(upper)
        elif is_blank(upper) and isinstance(lower, str) and lower.strip() and parent:
            headings[column] = [parent, *[word for word in headings[column] if word != parent]]
