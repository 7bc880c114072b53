"""The list of codes: prefectures left out, kana in full width, anything else refused."""

from __future__ import annotations

from typing import Any

import pytest

from companion.core.sheets import InvalidWorkbook, Sheet
from companion.places.sheets import CodeRow, read_codes

pytestmark = pytest.mark.sqlite_only
HEADER = [
    "団体コード",
    "都道府県名\n（漢字）",
    "市区町村名\n（漢字）",
    "都道府県名\n（カナ）",
    "市区町村名\n（カナ）",
]
PREFECTURE = ["020001", "青森県", None, "ｱｵﾓﾘｹﾝ", None]
TOWN = ["027014", "青森県", "虹ヶ浜町", "ｱｵﾓﾘｹﾝ", "ﾆｼﾞｶﾞﾊﾏﾏﾁ"]


def codes(*rows: list[Any], name: str = "R6.1.1現在の団体") -> list[CodeRow]:
    return read_codes([Sheet(name, rows=[HEADER, *rows])])


def test_municipalities_are_taken_and_prefectures_are_not() -> None:
    assert codes(PREFECTURE, TOWN) == [CodeRow("027014", "青森県", "虹ヶ浜町", "ニジガハママチ")]


def test_lost_zeros_come_back() -> None:
    assert codes([27014, *TOWN[1:]])[0].lg_code == "027014"


def test_the_second_sheet_with_wards_is_left_alone() -> None:
    sheets = [
        Sheet("R6.1.1現在の団体", rows=[HEADER, TOWN]),
        Sheet("R6.1.1政令指定都市", rows=[HEADER, ["027022", "青森県", "虹市東区", None, "ﾋｶﾞｼｸ"]]),
    ]
    assert [row.name for row in read_codes(sheets)] == ["虹ヶ浜町"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["027015", *TOWN[1:]]], "2行目：.*検査数字"),
        ([TOWN, TOWN], "3行目：.*二度あります"),
        ([PREFECTURE], "市区町村の行がありません"),
    ],
)
def test_a_wrong_list_is_refused_whole(rows: list[list[Any]], says: str) -> None:
    with pytest.raises(InvalidWorkbook, match=says):
        codes(*rows)


def test_a_list_of_applications_is_no_list_of_codes() -> None:
    rows = [["団体コード", "都道府県", "市町村", "人口"], ["027014", "青森県", "虹ヶ浜町", 1]]
    with pytest.raises(InvalidWorkbook, match="市区町村名（カナ）"):
        read_codes([Sheet("応募一覧", rows=rows)])
