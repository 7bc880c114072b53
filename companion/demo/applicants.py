"""Invented challenges and invented officials, alike in spread to a real call."""

from __future__ import annotations

import datetime as dt
import random

from companion.applications.models import (
    Challenge,
    ChallengeField,
    Official,
    OfficialField,
    OfficialPlace,
)
from companion.applications.terms import (
    ChallengeState,
    OfficialState,
    PlaceRelation,
    PopulationBasis,
    RankClass,
)
from companion.core.db import db
from companion.people.queries import all_ministries
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.places.prefectures import REGIONS

OFFICIALS = 250

# policy field -> (title, present state, wished support); all of it made up
THEMES: dict[str, tuple[str, str, str]] = {
    "tourism": ("通過型観光から滞在型観光への転換", "日帰りの来訪者が多く、宿泊につながっていない。", "滞在メニューづくりへの助言と関係機関の紹介"),
    "industry": ("地場産品の販路開拓と後継者の確保", "事業者の高齢化が進み、販路が地域内に限られる。", "販路開拓の進め方への助言と企業の紹介"),
    "agriculture": ("担い手の減る農地を次世代へつなぐ", "耕作されない農地が増えている。", "担い手確保の仕組みへの助言"),
    "townplanning": ("駅前の空き店舗と旧庁舎跡地の活用", "中心部の空き店舗が目立ち、跡地の使い方が決まらない。", "住民との話合いの進め方への助言"),
    "migration": ("空き家を生かした移住の受皿づくり", "若い世代の転出が続き、空き家が増えている。", "移住施策の組立てへの助言"),
    "relations": ("祭りを入口にした関係人口の拡大", "関わり続ける人を増やす仕組みがない。", "関わりしろの設計への助言"),
    "transport": ("減便した路線バスに代わる足の確保", "通院と通学の足が足りない。", "地域交通の再編の進め方への助言"),
    "health": ("診療所と介護を支える人材の確保", "医師と介護職員の確保が難しい。", "人材確保策と制度の紹介"),
    "education": ("統合後の学校を核にした子育て支援", "学校統合後の地域の結び付きが弱まっている。", "学校を核とした取組への助言"),
    "disaster": ("避難所環境の改善と備えの見直し", "避難所の環境と訓練が十分でない。", "計画見直しへの助言"),
    "environment": ("再生可能エネルギーの利益を地域に残す", "再エネの導入が住民の利益につながっていない。", "事業の組立てへの助言"),
    "digital": ("窓口と現場のデジタル化", "デジタル化を進める職員がいない。", "進め方と人材の紹介"),
    "culture": ("文化財と廃校を生かした交流づくり", "文化財と施設が生かせていない。", "活用計画への助言"),
    "community": ("自治会の担い手づくり", "担い手が高齢化し、活動が続けにくい。", "新しい担い手を得る進め方への助言"),
}  # fmt: skip
# The three official fields are asked for most, the others in turn.
FIELD_WEIGHTS = {"tourism": 22, "industry": 21, "townplanning": 19}
MINISTRY_WEIGHTS = {
    "mic": 14, "mof": 10, "mext": 10, "mhlw": 12, "maff": 18, "meti": 18, "mlit": 20, "env": 10,
    "cao": 9, "digital": 8, "moj": 6, "mofa": 5, "mod": 5, "cas": 6, "npa": 4, "fsa": 5, "caa": 5,
    "cfa": 6, "reconstruction": 5, "nta": 4, "culture": 5, "jta": 6, "forestry": 4,
}  # fmt: skip
SURNAMES = ["見本", "仮名", "例示", "試作", "架空", "模擬", "想定", "仮設", "創作", "空想"]
SURNAMES_KANA = [
    "みほん", "かめい", "れいじ", "しさく", "かくう", "もぎ", "そうてい", "かせつ", "そうさく",
    "くうそう",
]  # fmt: skip
GIVEN = [
    ("一郎", "いちろう"), ("花子", "はなこ"), ("二郎", "じろう"), ("春子", "はるこ"), ("三郎", "さぶろう"),
    ("夏子", "なつこ"), ("四郎", "しろう"), ("秋子", "あきこ"), ("五郎", "ごろう"), ("冬子", "ふゆこ"),
    ("六郎", "ろくろう"), ("桜子", "さくらこ"), ("七郎", "しちろう"), ("梅子", "うめこ"), ("八郎", "はちろう"),
    ("藤子", "ふじこ"), ("九郎", "くろう"), ("菊子", "きくこ"), ("十郎", "じゅうろう"), ("桃子", "ももこ"),
    ("太郎", "たろう"), ("月子", "つきこ"), ("次郎", "じろう"), ("星子", "ほしこ"), ("健", "けん"),
]  # fmt: skip
DIVISIONS = ["大臣官房総務課", "企画課", "政策課", "地域振興課", "会計課", "調整室"]
RANKS = [
    (RankClass.STAFF, "係員", 12, 3),
    (RankClass.CHIEF, "係長", 20, 8),
    (RankClass.DEPUTY, "課長補佐", 34, 15),
    (RankClass.OFFICE_HEAD, "室長", 18, 23),
    (RankClass.DIRECTOR, "課長", 12, 28),
    (RankClass.COUNSELLOR, "審議官", 4, 33),
]


def _fields(chance: random.Random, most: int) -> list[str]:
    codes = list(THEMES)
    weights = [FIELD_WEIGHTS.get(code, 9) for code in codes]
    count = chance.choices([1, 2, 3], [4, 4, 2])[0]
    chosen: list[str] = []
    while len(chosen) < min(count, most):
        code = chance.choices(codes, weights)[0]
        if code not in chosen:
            chosen.append(code)
    return chosen


def make_challenges(
    period: Period, places: list[Municipality], chance: random.Random
) -> list[Challenge]:
    """One challenge a municipality, applied for within the two weeks of the call."""
    rows = []
    for index, place in enumerate(places):
        codes = _fields(chance, 3)
        title, present, support = THEMES[codes[0]]
        others = "".join(THEMES[code][1] for code in codes[1:])
        rows.append(
            Challenge(
                period=period,
                municipality=place,
                state=ChallengeState.SUBMITTED,
                population=int(chance.triangular(1_200, 98_000, 9_000)),
                population_basis=chance.choice(list(PopulationBasis)),
                population_on=dt.date(2025, 1, 1),
                division=chance.choice(["企画課", "総務課", "地域戦略室", "まちづくり推進課"]),
                contact_name=f"担当者{index + 1:03}",
                contact_phone=f"0000-00-{index + 1:04}",
                contact_email=f"town{index + 1:03}@demo.test",
                title=title,
                present_state=present + others,
                efforts="庁内の検討会を始めた。",
                wished_support=support,
                may_publish=chance.random() < 0.8,
                applied_on=dt.date(2025, 2, 7) + dt.timedelta(days=chance.randrange(15)),
                fields=[
                    ChallengeField(field_code=code, position=position)
                    for position, code in enumerate(codes)
                ],
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return rows


def make_officials(
    period: Period, places: list[Municipality], chance: random.Random
) -> list[Official]:
    """250 officials of about two dozen ministries with wishes, ties and strong fields."""
    ministries = {row.code: row for row in all_ministries() if row.code in MINISTRY_WEIGHTS}
    codes = list(ministries)
    weights = [MINISTRY_WEIGHTS[code] for code in codes]
    rows = []
    for index in range(OFFICIALS):
        surname, given = index % len(SURNAMES), GIVEN[index // len(SURNAMES)]
        rank, post, _, years = chance.choices(RANKS, [row[2] for row in RANKS])[0]
        code = chance.choices(codes, weights)[0]
        rows.append(
            Official(
                period=period,
                email=f"official{index + 1:03}@demo.test",
                state=OfficialState.CONSENTED,
                name=f"{SURNAMES[surname]} {given[0]}",
                kana=f"{SURNAMES_KANA[surname]} {given[1]}",
                ministry=ministries[code],
                division=chance.choice(DIVISIONS),
                post=post,
                rank_class=rank,
                experience_years=years + chance.randrange(-2, 3),
                share_percent=chance.choice([10, 10, 15, 20]),
                has_consent=True,
                is_anywhere=chance.random() < 0.3,
                can_lead=rank not in {RankClass.STAFF} and chance.random() < 0.75,
                can_record=chance.random() < 0.6,
                travel_days=chance.choice([4, 6, 8, 12]),
                applied_on=dt.date(2025, 2, 7) + dt.timedelta(days=chance.randrange(15)),
                fields=[
                    OfficialField(field_code=field, position=position, level=max(1, 3 - position))
                    for position, field in enumerate(_fields(chance, 3))
                ],
                places=_places(places, chance),
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _places(places: list[Municipality], chance: random.Random) -> list[OfficialPlace]:
    wished = chance.sample(places, chance.choice([1, 2, 3]))
    rows = [
        OfficialPlace(relation=PlaceRelation.WISH, position=position, municipality=place)
        for position, place in enumerate(wished)
    ]
    if chance.random() < 0.5:
        rows.append(
            OfficialPlace(
                relation=PlaceRelation.WISH,
                position=len(rows),
                region=chance.choice(REGIONS),
            )
        )
    if chance.random() < 0.4:
        rows.append(
            OfficialPlace(relation=PlaceRelation.BIRTHPLACE, municipality=chance.choice(places))
        )
    return rows
