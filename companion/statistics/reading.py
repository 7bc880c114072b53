"""Reads the wide list: a row a municipality under its code, a column a statistic.

Above or below the row of names stand rows that say 単位, 年, 出典 (and 指標コード) in front of
their words; unit and year may also stand in brackets behind a name: 「人口（人、2020年）」.
Faults name sheet, row and column; what is faulty is left out and the rest is taken.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from companion.core.lgcode import NotALgCode, lg_code
from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.reader import CellError, CellValue, Formula, Sheet
from companion.core.sheets.records import column_letters, filled, is_blank
from companion.core.text import name_key, squash
from companion.statistics.numbers import read_number, read_year

CODES = ("団体コード", "市区町村コード", "市町村コード", "地域コード", "コード")
LABELS = {
    "code": ("指標コード",),
    "unit": ("単位",),
    "year": ("年", "年次", "年度", "調査年", "時点"),
    "source": ("出典", "資料"),
}
PLACES = (
    "都道府県",
    "都道府県名",
    "市町村",
    "市町村名",
    "市区町村",
    "市区町村名",
    "団体名",
    "地域",
    "ふりがな",
    "カナ",
    "No",
    "番号",
    "備考",
)
BEHIND = re.compile(r"^(.+?)[(\[](.+)[)\]]$")
TOTALS = re.compile(r"^(?:合計|総計|計|総数|全国.*|平均.*|県計|中央値)$")
SEARCHED = 30  # rows in which the names may stand
AROUND = 5  # rows from there in which units, years and sources may stand


@dataclass(frozen=True)
class Fault:
    """What cannot be taken, and where it stands."""

    place: str
    words: str


@dataclass(frozen=True)
class Heading:
    """A column of the list: which statistic of which year; no code where none is given."""

    column: int
    name: str
    unit: str
    year: int
    source: str = ""
    code: str = ""


@dataclass
class Figures:
    """What a list says: its columns, column → code of the municipality → value, its faults."""

    headings: list[Heading]
    values: dict[int, dict[str, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    towns: int = 0


def read_figures(sheets: Sequence[Sheet], known: Container[str]) -> Figures:
    """The figures of the one sheet that has a column of codes; `known` are those that exist.

    Raises:
        InvalidWorkbook: no such sheet, or several; no column with a name and a year.
    """
    found = [(s, place) for s in sheets if s.is_visible and (place := _codes_at(s)) is not None]
    if len(found) != 1:
        what = "がありません" if not found else "が二つ以上あります"
        raise InvalidWorkbook(
            f"「団体コード」の見出しがあるシート{what}。1行に1団体の表を1枚だけ残してください。"
        )
    sheet, (top, left) = found[0]
    rows = filled(sheet)
    said = _labelled(rows, top, left)
    figures = Figures([])
    for column in range(left + 1, len(rows[top - 1]) + 1):
        _add_heading(figures, sheet, rows, (top, column), said)
    if not figures.headings:
        raise InvalidWorkbook(
            f"シート「{sheet.name}」に、名前と年のある指標の列がありません。"
            "名前の行の下に「年」の行を加えるか、名前の後に「（人、2020年）」のように記入してください。"
        )
    _read_rows(figures, sheet, rows[: len(rows)], max([top, *said.values()]), left, known)
    return figures


def _codes_at(sheet: Sheet) -> tuple[int, int] | None:
    wanted = {name_key(word) for word in CODES}
    for row, cells in enumerate(sheet.rows[:SEARCHED], 1):
        for column, value in enumerate(cells, 1):
            if isinstance(value, str) and name_key(value) in wanted:
                return row, column
    return None


def _labelled(rows: list[list[CellValue]], top: int, left: int) -> dict[str, int]:
    """Which row holds units, years, sources and codes, by what stands left of the figures."""
    names = enumerate(rows[top - 1][left:], left)
    first = next((at for at, name in names if not is_blank(name) and not _is_place(name)), left)
    words = {name_key(word): key for key, listed in LABELS.items() for word in listed}
    found: dict[str, int] = {}
    around = range(max(1, top - AROUND), min(len(rows), top + AROUND) + 1)
    for row in (row for row in around if row != top):
        for value in rows[row - 1][:first]:
            if isinstance(value, str) and (key := words.get(name_key(value))):
                found.setdefault(key, row)
                break
    return found


def _is_place(name: CellValue) -> bool:
    """True for a column that says which municipality it is, in words."""
    return name_key(str(name)) in {name_key(word) for word in PLACES}


def _add_heading(
    figures: Figures,
    sheet: Sheet,
    rows: list[list[CellValue]],
    at: tuple[int, int],
    said: dict[str, int],
) -> None:
    top, column = at
    name = squash(str(rows[top - 1][column - 1] or "")).replace("\n", "")
    if not name or _is_place(name):
        return
    below = {key: rows[row - 1][column - 1] for key, row in said.items()}
    if any(
        isinstance(v, Formula | CellError) for v in (rows[top - 1][column - 1], *below.values())
    ):
        figures.faults.append(_fault(sheet, top, column, name, "見出しに数式やエラーがあります。"))
        return
    name, unit, year = _split(name, below)
    words = ""
    if year is None:
        words = "年がありません。「年」の行に「2020」のように記入してください。"
    elif len(name) > 100 or len(unit) > 20:
        words = "名前は100文字、単位は20文字以内にしてください。"
    elif any((row.name, row.unit, row.year) == (name, unit, year) for row in figures.headings):
        words = "同じ名前、単位、年の列が二つあります。一つにしてください。"
    if words or year is None:
        figures.faults.append(_fault(sheet, top, column, name, words))
        return
    source, code = (squash(str(below.get(key) or "")) for key in ("source", "code"))
    figures.headings.append(Heading(column, name, unit, year, source[:200], code[:20]))


def _split(name: str, below: dict[str, CellValue]) -> tuple[str, str, int | None]:
    """Name, unit and year; what stands in brackets fills what has no row of its own."""
    unit, year = squash(str(below.get("unit") or "")), read_year(below.get("year"))
    behind = BEHIND.match(name)
    if behind and (not unit or year is None):
        rest = []
        for part in re.split(r"[、,\s]+", behind[2]):
            if year is None and (read := read_year(part)) is not None:
                year = read
            else:
                rest.append(part)
        if not rest or not unit:
            name, unit = behind[1].strip(), unit or "、".join(rest)
    return name, unit, year


def _fault(sheet: Sheet, row: int, column: int, heading: str, words: str) -> Fault:
    letter = f"{column_letters(column)}列" + (f"「{heading}」" if heading else "")
    return Fault(f"シート「{sheet.name}」{row}行目 {letter}", words)


def _read_rows(
    figures: Figures,
    sheet: Sheet,
    rows: list[list[CellValue]],
    after: int,
    left: int,
    known: Container[str],
) -> None:
    values: dict[int, dict[str, float]] = {row.column: {} for row in figures.headings}
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[after:], after + 1):
        if all(is_blank(value) for value in cells):
            continue
        raw = cells[left - 1]
        first = squash(next((v for v in cells if isinstance(v, str) and v.strip()), ""))
        if first.startswith(("※", "*", "注", "(注", "資料")):
            continue
        if is_blank(raw) and TOTALS.match(first):
            continue
        try:
            code = lg_code(raw, known=known)
        except NotALgCode as refusal:
            if _is_prefecture(raw):
                continue
            figures.faults.append(_fault(sheet, number, left, "団体コード", str(refusal)))
            continue
        if code in seen:
            words = f"団体コード{code}は{seen[code]}行目にもあります。重複する行を除いてください。"
            figures.faults.append(_fault(sheet, number, left, "団体コード", words))
            continue
        seen[code] = number
        for heading in figures.headings:
            value, words = read_number(cells[heading.column - 1])
            if words:
                figures.faults.append(_fault(sheet, number, heading.column, heading.name, words))
            elif value is not None:
                values[heading.column][code] = value
    figures.values, figures.towns = values, len(seen)


def _is_prefecture(raw: CellValue) -> bool:
    """True for the code of a prefecture or the nation, whose rows are left out."""
    digits = re.sub(r"\D", "", squash(str(raw or "")))
    return bool(digits) and digits.zfill(6)[2:5] == "000"
