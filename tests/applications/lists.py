"""The two lists of applications in small, all names invented, as rows that tests change."""

from __future__ import annotations

from typing import Any

from companion.applications.sheets import Reference
from companion.core.lgcode import check_digit
from companion.places.names import Place


def code_of(five: str) -> str:
    """Five digits with their check digit."""
    return five + check_digit(five)


RAINBOW = Place(code_of("02701"), "青森県", "虹ヶ浜町")
CLOUD = Place(code_of("12106"), "千葉県", "雲見町")
CLOUD_TWIN = Place(code_of("01210"), "北海道", "白波町")  # the same five digits once zeros are lost
STAR_NORTH = Place(code_of("03701"), "岩手県", "星見町")
STAR_WEST = Place(code_of("32701"), "島根県", "星見町")
REFERENCE = Reference([RAINBOW, CLOUD, CLOUD_TWIN, STAR_NORTH, STAR_WEST])

CHALLENGE: dict[str, Any] = {
    "No": 1,
    "団体コード": RAINBOW.lg_code,
    "都道府県": "青森県",
    "市町村": "虹ヶ浜町",
    "人口": 5_000,
    "基準": "国勢調査",
    "基準日": "令和2年10月1日",
    "担当課": "企画課",
    "担当者": "虹野　浜子",
    "電話": "000-0000-0000",
    "メール": "kikaku@niji.example.lg.jp",
    "課題名": "港のにぎわい",
    "現状・背景": "来る人が減った",
    "これまでの取組": "朝市",
    "希望する支援": "助言",
    "主な政策分野": "観光",
    "その他の政策分野": "文化・スポーツ、まちづくり",
    "希望する府省庁・専門性": "国交省",
    "公表の可否": "○",
    "応募日": "R7.2.8",
}
OFFICIAL: dict[str, Any] = {
    "No": 1,
    "氏名": "星野　一",
    "ふりがな": "ほしの　はじめ",
    "府省庁": "国交省",
    "局・課": "総合政策課",
    "役職": "課長補佐",
    "職位区分": "課長補佐",
    "経験年数": "12年",
    "得意な政策分野": "観光・地域交通",
    "地方勤務・出向経験": "青森県虹ヶ浜町（2011年から2年）、岩手県（2015年、1年間）",
    "出身地": "島根県星見町",
    "第１希望": "青森県虹ヶ浜町",
    "第２希望": "岩手県",
    "第３希望": None,
    "希望地域": "中国・四国、東北",
    "対応困難な地域": "離島",
    "従事可能割合": "15%",
    "上司の同意": "済",
    "利害関係": "北海道",
    "引受可能な役割": "リーダー、記録",
    "出張可能日数／年": 8,
    "メール": "Hajime.Hoshino@example.go.jp",
    "応募日": "令和7年2月9日（日）",
}
