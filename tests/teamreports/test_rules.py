"""What a draft says, and how a text differs from a newer draft."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from companion.teamreports.rules import (
    NO_CAUSE,
    Ahead,
    Held,
    Measured,
    Owed,
    Sources,
    compose,
    differences,
    figure,
    with_lines,
)
from companion.teamreports.terms import Section

DAY = dt.date(2025, 5, 12)
FULL = Sources(
    theme="駅前のにぎわいづくり",
    challenge="交流の拡大",
    held=[
        Held(
            DAY,
            "オンライン会議",
            "顔合わせ",
            "月に一度話す。\r\n\r\n地図を作る。",
            "三課の会議ができた",
        ),
        Held(dt.date(2025, 6, 3), "現地訪問", "現地を見る"),
    ],
    owed=[
        Owed("地図を送る", "青山 一", dt.date(2025, 9, 1), "対応中"),
        Owed("会場を探す", "自治体", None, "未着手"),
    ],
    ahead=[Ahead(dt.date(2025, 9, 20), "オンライン会議", "中間の振り返り")],
    measured=[
        Measured(
            "宿泊者数",
            "人",
            (dt.date(2025, 4, 1), Decimal("1000.00")),
            (dt.date(2026, 3, 31), Decimal("1200")),
            [(dt.date(2025, 8, 31), Decimal("1050.50"))],
            "町の統計",
        )
    ],
)


def test_a_draft_says_what_is_recorded_and_nothing_else() -> None:
    assert compose(FULL) == {
        Section.THEME: "駅前のにぎわいづくり\n応募時の課題：交流の拡大",
        Section.COURSE: "・R7.5.12（月）　オンライン会議：顔合わせ\n"
        "・R7.6.3（火）　現地訪問：現地を見る",
        Section.DECISIONS: "・R7.5.12（月）　月に一度話す。\n・R7.5.12（月）　地図を作る。",
        Section.OUTCOME: "・宿泊者数：1,000人（R7.4.1） → 1,050.5人（R7.8.31）。"
        "目標は1,200人（R8.3.31）。出典：町の統計\n"
        f"{NO_CAUSE}\n"
        "・庁内の変化（R7.5.12）：三課の会議ができた",
        Section.REMAINING: "・地図を送る（青山 一、期限R7.9.1、対応中）\n"
        "・会場を探す（自治体、期限未定、未着手）\n"
        "・予定：R7.9.20（土）　オンライン会議：中間の振り返り",
    }


def test_without_records_the_sections_are_empty() -> None:
    drawn = compose(Sources("", "交流の拡大"))
    assert drawn[Section.THEME] == "応募時の課題：交流の拡大"
    assert [drawn[section] for section in Section][1:] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1000.00", "1,000"), ("0.50", "0.5"), ("-3.25", "-3.25"), ("0", "0"), ("100", "100")],
)
def test_figures_have_no_idle_noughts(value: str, shown: str) -> None:
    assert figure(Decimal(value)) == shown


def test_what_is_new_and_what_is_gone_is_told_line_by_line() -> None:
    drawn = {Section.COURSE: "・一\n・二"}
    # The team has reworded one line and added its own.
    texts = {Section.COURSE: "・一\n・二を言い換えた\n自分の行"}
    (found,) = differences(texts, drawn, {Section.COURSE: "・一\n・二\n・三"})
    assert (found.new, found.gone, found.left_out) == (("・三",), (), ("・二",))
    (found,) = differences({Section.COURSE: "・一\n・二"}, drawn, {Section.COURSE: "・二\n・三"})
    assert (found.new, found.gone) == (("・三",), ("・一",))
    same = {Section.COURSE: "・一\n・二"}
    assert differences(same, drawn, same) == []


def test_lines_are_added_at_the_end_and_nothing_is_overwritten() -> None:
    assert with_lines("自分の行\n\n", ["・三"]) == "自分の行\n・三"
    assert with_lines("  ", ["・三", "・四"]) == "・三\n・四"
