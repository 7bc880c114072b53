"""Municipality codes: check digit, lost zeros, missing sixth digit."""

from __future__ import annotations

import pytest

from companion.core.lgcode import NotALgCode, check_digit, is_lg_code, lg_code, lg_code_candidates

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("five", "digit"),
    # Bodies of the published list (総務省); 01100 and 13101 give sums below and above 11 · k.
    [("01100", "2"), ("01202", "5"), ("13101", "6"), ("47382", "1"), ("10525", "2")],
)
def test_check_digit(five: str, digit: str) -> None:
    assert check_digit(five) == digit


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ("012025", "012025"),
        ("０１２０２５", "012025"),
        ("01202-5", "012025"),
        (" 012025 ", "012025"),
        (12025, "012025"),
        (12025.0, "012025"),
        ("01202", "012025"),
        (1202, "012025"),
        ("1202", "012025"),
        ("473821", "473821"),
        ("47382", "473821"),
        (473821, "473821"),
    ],
)
def test_a_code_in_every_way_it_arrives(found: object, code: str) -> None:
    assert lg_code(found) == code


def test_five_digits_with_two_readings_are_settled_by_the_list() -> None:
    assert set(lg_code_candidates(12106)) == {"012106", "121061"}
    assert lg_code(12106) == "012106"  # a number has lost its zero
    assert lg_code("12106") == "121061"  # a text lacks its check digit
    assert lg_code("12025", known={"012025"}) == "012025"
    assert lg_code("12106", known={"012106"}) == "012106"
    assert lg_code(12106, known={"121061"}) == "121061"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ("012026", "検査数字.*「012025」"),
        ("123", "桁数が違います"),
        ("1234567", "桁数が違います"),
        ("abc", "数字ではありません"),
        ("", "数字ではありません"),
        (None, "数字ではありません"),
        (True, "数字ではありません"),
        (1.5, "数字ではありません"),
        ("480002", "検査数字"),
        ("012O25", "数字ではありません"),
    ],
)
def test_what_is_no_code_says_why(found: object, says: str) -> None:
    with pytest.raises(NotALgCode, match=says):
        lg_code(found)


def test_a_code_that_exists_in_no_list() -> None:
    with pytest.raises(NotALgCode, match="団体コード一覧にありません"):
        lg_code("012025", known={"473821"})


def test_only_the_47_prefectures_have_codes() -> None:
    assert not is_lg_code("48001" + check_digit("48001"))
    assert not is_lg_code("00001" + check_digit("00001"))
