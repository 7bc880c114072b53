"""The three lists that arrive as Excel, small, fictional, and with the dirt real ones have."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from companion.places.prefectures import PREFECTURE_NAMES
from tests.kit.makers import lg_code

# code, prefecture, name, kana
TOWNS: tuple[tuple[str, str, str, str], ...] = tuple(
    (lg_code(prefecture, number), PREFECTURE_NAMES[prefecture], f"{name}見本町", kana)
    for prefecture, number, name, kana in (
        ("20", 1, "あさひな", "アサヒナミホンチョウ"),
        ("20", 2, "いわみね", "イワミネミホンチョウ"),
        ("32", 1, "うみべり", "ウミベリミホンチョウ"),
        ("32", 2, "おかのうえ", "オカノウエミホンチョウ"),
    )
)
OFFICIALS = 12
_MINISTRIES = ("総務省", "農水省", "経産省", "国交省", "環境省", "厚労省")
_RANKS = ("係長", "課長補佐", "係員")


def book(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with a title and an empty row above the header, as offices make them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append([title])
    sheet.append([])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def code_list() -> bytes:
    """団体コード一覧 of the fictional towns."""
    return book(
        "団体コード一覧",
        ("団体コード", "都道府県名（漢字）", "市区町村名（漢字）", "市区町村名（カナ）"),
        TOWNS,
    )


def challenge_list(*, wrong: bool = False) -> bytes:
    """市町村応募一覧: each town with its challenge; `wrong` adds a row nobody can take."""
    fields = ("①観光", "②産業振興", "④まちづくり", "①観光")
    rows = [
        (
            code,
            prefecture,
            name,
            f"{8_000 + 1_000 * number:,}",
            "国勢調査",
            "令和2年10月1日",
            "企画課",
            "見本　花子",
            "000-000-0000",
            f"kikaku{number}@town.example.lg.jp",
            f"{name}の交流拡大",
            "来訪者が減っている。",
            "祭りを続けている。",
            "計画づくりへの助言。",
            fields[number],
            "",
            "総務省",
            "可",
            "R7.1.20",
        )
        for number, (code, prefecture, name, _) in enumerate(TOWNS)
    ]
    if wrong:
        rows.append(("999999", *rows[0][1:]))
    header = (
        "団体コード",
        "都道府県",
        "市町村名",
        "人口",
        "基準",
        "基準日",
        "担当課",
        "担当者",
        "電話",
        "メール",
        "課題名",
        "現状・背景",
        "これまでの取組",
        "希望する支援",
        "主な政策分野",
        "その他の政策分野",
        "希望する府省庁・専門性",
        "公表の可否",
        "応募日",
    )
    return book("市町村応募一覧", header, rows)


def official_email(number: int) -> str:
    """The address of the official with that number (from 0)."""
    return f"shienkan{number:02d}@ministry.example.go.jp"


def official_list() -> bytes:
    """応募者名簿: twelve officials of six ministries who go anywhere or name a town."""
    rows = [
        (
            official_email(number),
            f"見本　{'一二三四五六七八九十'[number % 10]}郎{number}",
            "みほん",
            _MINISTRIES[number % len(_MINISTRIES)],
            "総務課",
            "係長",
            _RANKS[number % len(_RANKS)],
            f"{5 + number}年",
            ("観光", "産業振興", "まちづくり、観光")[number % 3],
            f"{TOWNS[number % 4][1]}{TOWNS[number % 4][2]}" if number % 2 else "",
            "" if number % 2 else "どこでも",
            "15%",
            "有",
            "リーダー、記録" if number % 3 == 0 else "記録",
            dt.date(2025, 1, 25),
        )
        for number in range(OFFICIALS)
    ]
    header = (
        "メールアドレス",
        "氏名",
        "ふりがな",
        "府省庁",
        "局・課",
        "役職",
        "職位区分",
        "経験年数",
        "得意な政策分野",
        "第1希望",
        "希望地域",
        "従事可能割合",
        "上司の同意",
        "引受可能な役割",
        "応募日",
    )
    return book("応募者名簿", header, rows)


def form_of_office() -> bytes:
    """A small template: a mark of the period and a row for a list of teams."""
    return book("様式", ("《期》", "計"), [("《チーム一覧.市町村》", "《チーム一覧.人口》")])


def figure_list(
    values: dict[str, Sequence[Any]],
    heads: Sequence[tuple[str, str, Any]] = (("人口", "人", 2020), ("高齢化率", "％", 2020)),
) -> bytes:
    """A wide list of statistics: code → values; `heads` are name, unit and year of each column."""
    rows = [
        ["単位", "", *(unit for _, unit, _ in heads)],
        ["年", "", *(year for _, _, year in heads)],
        ["出典", "", *("例の調査" for _ in heads)],
        *([code, "例", *row] for code, row in values.items()),
    ]
    return book("統計指標", ["団体コード", "市町村", *(name for name, _, _ in heads)], rows)
