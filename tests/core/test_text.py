"""The normaliser: tables of what people write and what it means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.core.text import (
    clean,
    forbidden_in,
    name_key,
    percent,
    squash,
    strip_forbidden,
    to_hiragana,
    to_katakana,
    whole_number,
    yes_or_no,
)

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("札幌市　", "札幌市"),
        ("髙山村", "高山村"),
        ("ｻｯﾎﾟﾛ", "さっぽろ"),
        ("龍ヶ丘", "竜ケ丘"),
        ("文化･スポーツ", "文化・スポーツ"),
        ("ＡＢＣ", "abc"),
        ("デ-タ", "データ"),
        ("デｰタ", "データ"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("高山", "高川"), ("はは", "ばば"), ("1-2", "12")])
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@settings(derandomize=True, database=None, deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert squash(squash(text)) == squash(text)
    assert clean(clean(text)) == clean(text)
    assert forbidden_in(strip_forbidden(text)) == []


CONTROLS = [chr(code) for code in [*range(32), *range(127, 160)] if chr(code) not in "\t\n\r"]
INVISIBLE = list("\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ufffe\uffff\ud800")


@pytest.mark.parametrize("character", CONTROLS + INVISIBLE)
def test_characters_nobody_sees_are_found_and_taken_out(character: str) -> None:
    assert forbidden_in(f"あ{character}い") == [f"U+{ord(character):04X}"]
    assert strip_forbidden(f"あ{character}い") == "あい"


def test_line_ends_and_tabs_stay() -> None:
    assert clean(" あ\r\nい\rう\tえ ") == "あ\nい\nう\tえ"
    assert forbidden_in("あ\r\nい\t") == []


def test_kana_of_any_width() -> None:
    assert to_hiragana("ｷﾞﾝｶﾞ") == "ぎんが"
    assert to_katakana("ｷﾞﾝｶﾞ") == to_katakana("ぎんが") == "ギンガ"


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        (7795, 7795),
        (7795.0, 7795),
        ("６，４０１", 6401),
        ("20,049人", 20049),
        (" 26 年", 26),
        ("-5", -5),
        ("0", 0),
        ("約１万人くらい", None),
        ("1,23", None),
        ("1.5", None),
        (1.5, None),
        (True, None),
        (None, None),
        ("", None),
        ("十", None),
    ],
)
def test_whole_numbers(found: object, meant: int | None) -> None:
    assert whole_number(found) == meant


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        (0.1, "10"),
        (0.15, "15"),
        ("15%", "15"),
        ("２０％", "20"),
        ("1割", "10"),
        ("１割５分", "15"),
        ("0.2", "20"),
        (15, "15"),
        ("12.5%", "12.5"),
        ("80%", "80"),
        (1e28, "1e28"),
        ("一割", None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (None, None),
    ],
)
def test_shares(found: object, meant: str | None) -> None:
    assert percent(found) == (None if meant is None else Decimal(meant))


@pytest.mark.parametrize(
    "mark", ["○", "〇", "◯", "◎", "✓", "可", "はい", "有", "済", "ＹＥＳ", 1, True]
)
def test_marks_for_yes(mark: object) -> None:
    assert yes_or_no(mark) is True


@pytest.mark.parametrize("mark", ["×", "✕", "不可", "いいえ", "無", "未", "否", 0, False])
def test_marks_for_no(mark: object) -> None:
    assert yes_or_no(mark) is False


@pytest.mark.parametrize("mark", ["△", "検討中", "", None, 2, "○×"])
def test_other_marks_mean_nothing(mark: object) -> None:
    assert yes_or_no(mark) is None
