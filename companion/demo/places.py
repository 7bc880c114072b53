"""Invented municipalities under real prefectures, on codes that are given to nobody."""

from __future__ import annotations

import random

from companion.core.db import db
from companion.core.lgcode import check_digit
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURES

# (kanji, kana) halves; their joints give names that no municipality carries.
HEADS = [
    ("虹", "にじ"), ("星", "ほし"), ("雲", "くも"), ("夢", "ゆめ"), ("翼", "つばさ"),
    ("鈴音", "すずね"), ("銀河", "ぎんが"), ("暁", "あかつき"), ("霞", "かすみ"), ("蛍", "ほたる"),
    ("雫", "しずく"), ("小春", "こはる"), ("朝凪", "あさなぎ"), ("夕映", "ゆうばえ"), ("風花", "かざはな"),
    ("白波", "しらなみ"),
]  # fmt: skip
TAILS = [
    ("ノ里", "のさと"), ("ヶ浜", "がはま"), ("見野", "みの"), ("渡瀬", "わたせ"), ("之郷", "のごう"),
    ("乃丘", "のおか"), ("見台", "みだい"), ("巻原", "まきはら"), ("森下", "もりした"), ("谷口", "たにぐち"),
    ("湖畔", "こはん"), ("坂上", "さかうえ"),
]  # fmt: skip
KINDS = [("市", "し"), ("町", "ちょう"), ("町", "ちょう"), ("町", "ちょう"), ("村", "むら")]

COUNT = 184
# Within a prefecture 100-299 are cities, 300-699 towns and villages; nothing stands at 700-799.
FIRST_UNUSED = 700


def make_municipalities(chance: random.Random) -> list[Municipality]:
    """184 municipalities spread over the prefectures, each with a valid check digit."""
    names = [(head, tail) for head in HEADS for tail in TAILS]
    chance.shuffle(names)
    rows = []
    for index in range(COUNT):
        prefecture = PREFECTURES[index % len(PREFECTURES)]
        body = f"{prefecture.code}{FIRST_UNUSED + 1 + index // len(PREFECTURES)}"
        (head, head_kana), (tail, tail_kana) = names[index]
        kind, kind_kana = chance.choice(KINDS)
        rows.append(
            Municipality(
                lg_code=body + check_digit(body),
                prefecture_code=prefecture.code,
                name=head + tail + kind,
                kana=head_kana + tail_kana + kind_kana,
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return rows
