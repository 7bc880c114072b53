"""Find the table in a sheet by the words of its header, wherever it stands.

A title above, notes, an offset column, merged cells and headers of two or three rows do not
matter; hidden sheets are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.reader import CellError, CellValue, Formula, Sheet
from companion.core.text import forbidden_in, name_key, squash

_SEARCHED_ROWS = 60
_HEADER_HEIGHT = 3
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
        filled = _filled(self.sheet)
        before: dict[int, CellValue] = {}
        for row in range(self.top + self.height, len(filled) + 1):
            values = filled[row - 1]
            if all(_blank(values[column - 1]) for column in self.columns.values()):
                continue
            if self._is_repeated_header(values) or self._is_note_or_total(values):
                continue
            cells = {}
            for key, column in self.columns.items():
                value = values[column - 1]
                if isinstance(value, str) and squash(value) in _DITTO:
                    value = before.get(column)
                elif _blank(value):
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
        written = [(index + 1, value) for index, value in enumerate(values) if not _blank(value)]
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
    return _blank(value) or bool(
        isinstance(value, str) and _TOTAL.match(re.sub(r"\s", "", squash(value).casefold()))
    )


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
    filled = _filled(sheet)
    best: Table | None = None
    for top in range(1, min(len(filled), _SEARCHED_ROWS) + 1):
        if len({str(value) for value in filled[top - 1] if not _blank(value)}) < 2:
            continue  # a title, a note or nothing: a header begins with several words
        for height in range(1, min(_HEADER_HEIGHT, len(filled) - top + 1) + 1):
            table = _matched(sheet, filled, top, height, wanted)
            if table and (best is None or len(table.columns) > len(best.columns)):
                best = table
    return best


def _matched(
    sheet: Sheet, filled: list[list[CellValue]], top: int, height: int, wanted: Sequence[Wanted]
) -> Table | None:
    levels = filled[top - 1 : top - 1 + height]
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
        elif _blank(upper) and isinstance(lower, str) and lower.strip() and parent:
            headings[column] = [parent, *[word for word in headings[column] if word != parent]]


def _filled(sheet: Sheet) -> list[list[CellValue]]:
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


def _blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def column_letters(column: int) -> str:
    """「A」 for 1, 「AA」 for 27."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
