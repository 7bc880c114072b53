"""Statistics out as Excel and CSV, and the empty list to fill in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from companion.core.sheets.csvfile import csv_bytes
from companion.core.sheets.writer import (
    Column,
    Value,
    add_list,
    add_sheet,
    new_book,
    put,
    save_bytes,
    set_page,
    write_table,
)
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES
from companion.statistics.models import Statistic
from companion.statistics.queries import Beside
from companion.statistics.rules import decimals_of, exact
from companion.statistics.terms import NO_CAUSE

_TOWNS = (
    Column("団体コード", "code", 11),
    Column("都道府県", "text", 11),
    Column("市町村", "text", 18),
    Column("年", "code", 8),
)
_BESIDE = (
    Column("指標コード", "code", 11),
    Column("指標", "text", 32),
    Column("単位", "text", 10),
    Column("年", "code", 8),
    Column("値", "number", 14),
    Column("県内の中央値", "number", 14),
    Column("県内n", "number", 8),
    Column("全国の中央値", "number", 14),
    Column("全国n", "number", 8),
    Column("出典", "text", 32),
)
_MADE_AT = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)  # fixed: the same template, the same bytes


def _number(value: float) -> int | float:
    number = exact(value)
    return int(number) if number == number.to_integral_value() else value


def _town_rows(year: int, rows: Iterable[tuple[Municipality, float]]) -> list[list[Value]]:
    return [
        [town.lg_code, town.prefecture, town.name, str(year), _number(value)]
        for town, value in rows
    ]


def statistic_csv(
    statistic: Statistic, year: int, rows: Iterable[tuple[Municipality, float]]
) -> bytes:
    """One statistic of a year as CSV."""
    heading: list[Value] = [*(column.heading for column in _TOWNS), statistic.label]
    return csv_bytes([heading, *_town_rows(year, rows)])


def statistic_book(
    statistic: Statistic,
    year: int,
    rows: Sequence[tuple[Municipality, float]],
    *,
    prefecture_code: str,
    made: dt.datetime,
) -> bytes:
    """One statistic of a year as a workbook."""
    where = PREFECTURE_NAMES.get(prefecture_code, "全国")
    note = f"{year}年　{where}　n={len(rows):,}　出典：{statistic.source or '記載なし'}"
    columns = (*_TOWNS, Column(statistic.label, "number", 18))
    return _book(statistic.label, note, columns, _town_rows(year, rows), made)


def town_book(town: Municipality, rows: Sequence[Beside], *, made: dt.datetime) -> bytes:
    """The statistics of one municipality as a workbook."""
    body: list[list[Value]] = [
        [
            row.statistic.code,
            row.statistic.name,
            row.statistic.unit,
            str(row.year),
            _number(row.value),
            _number(row.prefecture.median),
            row.prefecture.n,
            _number(row.nation.median),
            row.nation.n,
            row.statistic.source,
        ]
        for row in rows
    ]
    title = f"{town.full_name}の統計指標"
    return _book(title, NO_CAUSE, _BESIDE, body, made)


def _book(
    title: str,
    note: str,
    columns: Sequence[Column],
    rows: list[list[Value]],
    made: dt.datetime,
) -> bytes:
    book = new_book(title)
    sheet = add_list(book, "統計指標", title, note, columns, rows, classification="公開情報")
    for row in sheet.iter_rows(min_row=5, max_row=4 + len(rows)):
        for cell in row:
            if isinstance(cell.value, int | float):
                places = decimals_of([cell.value])
                cell.number_format = "#,##0" + ("." + "0" * places if places else "")
    return save_bytes(book, at=made)


def blank_list(towns: Sequence[Municipality]) -> bytes:
    """The list to fill in: a row for every municipality, two columns as examples."""
    book = new_book("統計指標")
    sheet = add_sheet(book, "統計指標")
    put(sheet, 1, 1, "統計指標（1行に1団体、1列に1指標）", "title")
    heads = ["団体コード", "都道府県", "市町村", "人口", "65歳以上人口の割合"]
    columns = [Column(head, "code" if not i else "text", 16) for i, head in enumerate(heads)]
    rows: list[list[Value]] = [
        ["単位", None, None, "人", "％"],
        ["年", None, None, "2020", "2020"],
        ["出典", None, None, "国勢調査", "国勢調査"],
    ]
    rows += [[town.lg_code, town.prefecture, town.name, None, None] for town in towns]
    write_table(sheet, columns, rows, top=3)
    set_page(sheet, landscape=True, classification="公開情報", title_rows="3:6", freeze="D7")
    return save_bytes(book, at=_MADE_AT)
