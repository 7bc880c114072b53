"""The 47 prefectures (JIS X 0401) and the regions they are counted in."""

from __future__ import annotations

from typing import NamedTuple


class Prefecture(NamedTuple):
    """A prefecture: two-digit code, name, kana, region."""

    code: str
    name: str
    kana: str
    region: str


_ROWS = """
北海道|01 北海道 ほっかいどう
東北|02 青森県 あおもりけん,03 岩手県 いわてけん,04 宮城県 みやぎけん,05 秋田県 あきたけん
東北|06 山形県 やまがたけん,07 福島県 ふくしまけん
関東|08 茨城県 いばらきけん,09 栃木県 とちぎけん,10 群馬県 ぐんまけん,11 埼玉県 さいたまけん
関東|12 千葉県 ちばけん,13 東京都 とうきょうと,14 神奈川県 かながわけん
中部|15 新潟県 にいがたけん,16 富山県 とやまけん,17 石川県 いしかわけん,18 福井県 ふくいけん
中部|19 山梨県 やまなしけん,20 長野県 ながのけん,21 岐阜県 ぎふけん,22 静岡県 しずおかけん
中部|23 愛知県 あいちけん
近畿|24 三重県 みえけん,25 滋賀県 しがけん,26 京都府 きょうとふ,27 大阪府 おおさかふ
近畿|28 兵庫県 ひょうごけん,29 奈良県 ならけん,30 和歌山県 わかやまけん
中国・四国|31 鳥取県 とっとりけん,32 島根県 しまねけん,33 岡山県 おかやまけん,34 広島県 ひろしまけん
中国・四国|35 山口県 やまぐちけん,36 徳島県 とくしまけん,37 香川県 かがわけん,38 愛媛県 えひめけん
中国・四国|39 高知県 こうちけん
九州|40 福岡県 ふくおかけん,41 佐賀県 さがけん,42 長崎県 ながさきけん,43 熊本県 くまもとけん
九州|44 大分県 おおいたけん,45 宮崎県 みやざきけん,46 鹿児島県 かごしまけん,47 沖縄県 おきなわけん
"""


def _read() -> tuple[Prefecture, ...]:
    found = []
    for line in _ROWS.strip().splitlines():
        region, _, rows = line.partition("|")
        for row in rows.split(","):
            code, name, kana = row.split(" ")
            found.append(Prefecture(code, name, kana, region))
    return tuple(found)


PREFECTURES: tuple[Prefecture, ...] = _read()
PREFECTURE_NAMES: dict[str, str] = {row.code: row.name for row in PREFECTURES}
PREFECTURE_CODES: dict[str, str] = {row.name: row.code for row in PREFECTURES}
REGION_OF: dict[str, str] = {row.code: row.region for row in PREFECTURES}
REGIONS: tuple[str, ...] = tuple(dict.fromkeys(row.region for row in PREFECTURES))
# Other words for a region, as people write them. A word may stand for several prefectures that
# are only part of one of our regions: those are not here, and are refused with the list of regions.
REGION_ALIASES: dict[str, str] = {
    "北海道地方": "北海道",
    "東北地方": "東北",
    "関東地方": "関東",
    "中部地方": "中部",
    "近畿地方": "近畿",
    "関西": "近畿",
    "中国四国": "中国・四国",
    "中四国": "中国・四国",
    "九州地方": "九州",
    "九州・沖縄": "九州",
    "九州沖縄": "九州",
}
