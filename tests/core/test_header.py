"""Headers are found by their words wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets import InvalidWorkbook, Sheet, read_workbook
from companion.core.sheets.header import find_table
from companion.core.sheets.reader import CellError, Formula
from companion.core.sheets.records import Record, Table, Wanted, column_letters
from tests.core.packages import book_of

pytestmark = pytest.mark.sqlite_only
WANTED = (
    Wanted("code", ("団体コード", "コード")),
    Wanted("name", ("市町村", "市町村名")),
    Wanted("people", ("人口",)),
    Wanted("phone", ("電話",), under=("連絡先",)),
    Wanted("note", ("備考",), required=False),
)
HEADER = ["団体コード", "市町村", "人口", "連絡先電話"]
ROW = ["010006", "虹町", 5000, "000"]


def table_of(*sheets: Sheet) -> Table:
    return find_table(sheets, WANTED, title="一覧")


def records(*rows: list[Any]) -> list[Record]:
    width = max(len(row) for row in rows)
    filled = [row + [None] * (width - len(row)) for row in rows]
    return list(table_of(Sheet("表", rows=filled)).records())


def texts(found: list[Record], key: str = "name") -> list[str]:
    return [record.text(key) for record in found]


TWO_ROWS = [
    ["コード", "市町村", "人口", "連絡先", None],
    [None, None, None, "担当者", "電話"],
    ["010006", "虹町", 5000, "だれか", "000"],
]


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER, ROW],
        [["一覧表"], [], ["※注意"], HEADER, ROW],
        [[], [None, None, *HEADER], [None, None, *ROW]],
        [["団体\nコード", "市町村名", "人　口", "連絡先　電話"], ROW],
        [["団体ｺｰﾄﾞ", "市町村", "人口", "連絡先電話", "知らない列"], [*ROW, "x"]],
        [HEADER[::-1], ROW[::-1]],
        TWO_ROWS,
    ],
    ids=["plain", "title", "offset", "spaces", "more", "order", "two rows unmerged"],
)
def test_a_header_is_found_wherever_it_stands(rows: list[list[Any]]) -> None:
    found = records(*rows)
    assert [(record.text("code"), record.raw("people")) for record in found] == [("010006", 5000)]
    assert texts(found, "phone") == ["000"]


def test_a_merged_header_of_two_rows_names_both_levels() -> None:
    def merge(page: Worksheet) -> None:
        for area in ("A3:A4", "B3:B4", "C3:C4", "D3:E3"):
            page.merge_cells(area)

    data = book_of([["題名"], [], *TWO_ROWS], then=merge)
    table = table_of(*read_workbook(data))
    assert (table.top, table.height) == (3, 2)
    record = next(table.records())
    assert record.cells["phone"].place == "E列「連絡先／電話」"
    assert record.cells["code"].place == "A列「コード」"


def test_hidden_sheets_are_not_looked_at() -> None:
    shown, hidden = Sheet("表", rows=[HEADER, ROW]), Sheet("控", "hidden", rows=[HEADER, ROW])
    assert table_of(hidden, shown).sheet is shown


def test_two_sheets_that_fit_are_named() -> None:
    with pytest.raises(InvalidWorkbook, match=r"二つ以上.*「甲」、「乙」"):
        table_of(Sheet("甲", rows=[HEADER, ROW]), Sheet("乙", rows=[HEADER, ROW]))


def test_no_header_names_the_words_looked_for() -> None:
    with pytest.raises(InvalidWorkbook, match="「団体コード」「市町村」「人口」「電話」の列"):
        table_of(Sheet("表", rows=[["あ", "い"], ["う", "え"]]))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InvalidWorkbook, match=r"「表」の見出し（2行目）に「人口」の列が足りません"):
        table_of(
            Sheet("表", rows=[["題", None, None], ["コード", "市町村", "連絡先電話"], ROW[:3]])
        )


def test_another_list_is_called_by_its_name() -> None:
    others = {"別の表": (Wanted("a", ("甲",)), Wanted("b", ("乙",)))}
    with pytest.raises(InvalidWorkbook, match="このブックは別の表のようです。一覧のブックを"):
        find_table([Sheet("表", rows=[["甲", "乙"]])], WANTED, title="一覧", others=others)


def test_ditto_marks_repeat_the_cell_above() -> None:
    for mark in ("〃", "”", "同上", "″"):
        found = records(HEADER, ROW, ["020001", mark, mark, "111"], ["3", mark, 7, "2"])
        assert texts(found) == ["虹町"] * 3
        assert [record.raw("people") for record in found] == [5000, 5000, 7]


def test_merged_data_cells_have_one_value_each() -> None:
    data = book_of([HEADER, ROW, ["020001", None, 1, "1"]], then=lambda p: p.merge_cells("B2:B3"))
    assert texts(list(table_of(*read_workbook(data)).records())) == ["虹町", "虹町"]


@pytest.mark.parametrize(
    "extra",
    [
        [None, None, None, None],
        ["", "　", None, None],
        [None, "合計", 5000, None],
        ["合　計", None, 5000, None],
        [None, "計（1団体）", "1団体", None],
        ["※人口は概数", None, None, None],
        HEADER,
    ],
)
def test_rows_that_are_no_records_are_left_out(extra: list[Any]) -> None:
    assert texts(records(HEADER, ROW, extra, ["020001", "星町", 1, "1"])) == ["虹町", "星町"]


def test_a_town_whose_name_begins_like_a_total_is_a_record() -> None:
    assert texts(records(HEADER, ["010006", "計根町", 1, "1"])) == ["計根町"]
    assert texts(records(HEADER, ["010006", "合計", 1, "1"])) == ["合計"]


def test_cells_that_cannot_be_taken_say_why() -> None:
    row = [Formula("=1"), CellError("#REF!"), "あ\x0b\u202e", "良い"]
    cells = records(HEADER, row)[0].cells
    faults = {key: cell.fault for key, cell in cells.items()}
    assert "数式" in str(faults["code"])
    assert "計算エラー" in str(faults["name"])
    assert "U+000B、U+202E" in str(faults["people"])
    assert faults["phone"] is None


def test_texts_of_cells() -> None:
    record = records(HEADER, [7.0, " 虹 ", "あ" * 99, None])[0]
    assert (record.text("code"), record.text("name"), record.text("note")) == ("7", "虹", "")
    assert record.cells["people"].shown == "あ" * 80 + "…"


def test_column_letters() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 60, 702, 703)] == [
        "A",
        "Z",
        "AA",
        "BH",
        "ZZ",
        "AAA",
    ]
