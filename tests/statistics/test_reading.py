"""The wide list: where its words may stand, what a number is, and what is said of faults."""

from __future__ import annotations

import pytest

from companion.core.sheets import InvalidWorkbook, Sheet
from companion.core.sheets.reader import CellError, CellValue, Formula
from companion.statistics.numbers import read_number, read_year
from companion.statistics.reading import Figures, read_figures
from companion.statistics.rules import decimals_of, median, shown

KNOWN = {"012025", "011002"}


def read(*rows: list[CellValue], name: str = "指標") -> Figures:
    width = max(len(row) for row in rows)
    return read_figures(
        [Sheet(name, rows=[row + [None] * (width - len(row)) for row in rows])], KNOWN
    )


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["統計指標"],
            ["団体コード", "市町村", "人口"],
            ["単位", None, "人"],
            ["年", None, "令和2年"],
            ["011002", "例", 5],
        ],
        [
            [None, "年", 2020],
            [None, "単位", "人"],
            ["市町村コード", "市町村", "人口"],
            [11002, "例", "5"],
        ],
        [["団体コード", "人口（人、2020年）"], ["01100", "５"]],
        [["団体コード", "人口(人)"], ["年度", "R2"], ["011002", 5.0]],
    ],
)
def test_names_units_and_years_stand_where_people_put_them(rows: list[list[CellValue]]) -> None:
    figures = read(*rows)
    (heading,) = figures.headings
    assert (heading.name, heading.unit, heading.year) == ("人口", "人", 2020)
    assert figures.values[heading.column] == {"011002": 5.0}
    assert figures.faults == []


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (12, 12.0),
        ("１，２３４．５", 1234.5),
        ("▲3.2", -3.2),
        ("27.5％", 27.5),
        (None, None),
        ("－", None),
        ("…", None),
        ("X", None),
        ("***", None),
    ],
)
def test_a_number_is_read_and_no_value_is_no_fault(value: CellValue, number: float | None) -> None:
    assert read_number(value) == (number, "")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("約3割", "数として読めません"),
        (True, "数ではありません"),
        (10**15, "大きすぎます"),
        (Formula("=A1"), "数式"),
        (CellError("#REF!"), "計算エラー"),
        (float("inf"), "数ではありません"),
    ],
)
def test_what_is_no_number_is_said(value: CellValue, words: str) -> None:
    number, fault = read_number(value)
    assert number is None
    assert words in fault


@pytest.mark.parametrize(
    ("value", "year"),
    [
        (2020, 2020),
        ("2020年度", 2020),
        ("令和元年", 2019),
        ("平成31年", 2019),
        ("H27", 2015),
        ("20年", None),
        (1500, None),
        ("いつか", None),
        (None, None),
    ],
)
def test_a_year_is_read_in_either_calendar(value: CellValue, year: int | None) -> None:
    assert read_year(value) == year


def test_faults_name_sheet_row_and_column_and_the_rest_is_taken() -> None:
    figures = read(
        ["団体コード", "市町村", "人口", "面積", "人口"],
        ["年", None, 2020, None, 2020],
        ["011002", "例", "多い", 1, 1],
        ["012025", "例", 7, 1, 1],
        ["012025", "例", 8, 1, 1],
        ["013030", "例", 9, 1, 1],
        [None, "合計", 16, 1, 1],
        ["010006", "北海道", 99, 1, 1],
        ["札幌市", None, 5, 1, 1],
        ["※注", None, None, None, None],
        name="令和2年",
    )
    places = [fault.place.removeprefix("シート「令和2年」") for fault in figures.faults]
    reasons = [fault.words.partition("。")[0] for fault in figures.faults]
    assert list(zip(places, reasons, strict=True))[:4] == [
        ("1行目 D列「面積」", "年がありません"),
        ("1行目 E列「人口」", "同じ名前、単位、年の列が二つあります"),
        ("3行目 C列「人口」", "「多い」は数として読めません"),
        ("5行目 A列「団体コード」", "団体コード012025は4行目にもあります"),
    ]
    assert places[4:] == ["6行目 A列「団体コード」", "9行目 A列「団体コード」"]
    assert figures.values == {3: {"012025": 7.0}}
    assert figures.towns == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["市町村", "人口"], ["例", 1]], "「団体コード」の見出しがあるシートがありません"),
        ([["団体コード", "人口"], ["011002", 1]], "年のある指標の列がありません"),
    ],
)
def test_another_list_is_refused(rows: list[list[CellValue]], words: str) -> None:
    with pytest.raises(InvalidWorkbook, match=words):
        read(*rows)


def test_two_sheets_that_fit_are_refused() -> None:
    sheet = Sheet("甲", rows=[["団体コード", "人口（2020年）"], ["011002", 1]])
    with pytest.raises(InvalidWorkbook, match="二つ以上"):
        read_figures([sheet, sheet], KNOWN)


@pytest.mark.parametrize(
    ("values", "middle"),
    [([3.0], 3.0), ([1.0, 2.0], 1.5), ([0.1, 0.2], 0.15), ([5.0, 1.0, 3.0], 3.0)],
)
def test_the_median_is_exact(values: list[float], middle: float) -> None:
    assert median(values) == middle


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234567.0, "1,234,567"),
        (0.15, "0.15"),
        (-3.20, "-3.2"),
        (1e12, "1,000,000,000,000"),
        (None, "－"),
    ],
)
def test_a_number_is_shown_as_it_was_typed(value: float | None, words: str) -> None:
    assert shown(value) == words


def test_numbers_under_each_other_have_as_many_decimals() -> None:
    values = [28.0, 44.85, 1200.1]
    assert [shown(value, decimals_of(values)) for value in values] == ["28.00", "44.85", "1,200.10"]
    assert [shown(value, decimals_of([1.0])) for value in values] == ["28", "44.85", "1,200.1"]
