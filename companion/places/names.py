"""Finds municipalities, prefectures and regions by the names people write.

25 names are shared by several municipalities: a name alone that could be two places is refused
with its candidates, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from companion.core.text import name_key
from companion.places.prefectures import PREFECTURE_CODES, PREFECTURES, REGION_ALIASES, REGIONS

_PREFECTURE_KEYS = [(name_key(row.name), row.name) for row in PREFECTURES]
_REGION_KEYS = {name_key(region): region for region in REGIONS} | {
    name_key(alias): region for alias, region in REGION_ALIASES.items()
}


@dataclass(frozen=True)
class Place:
    """A municipality as the list of codes knows it."""

    lg_code: str
    prefecture: str
    name: str
    kana: str = ""

    @property
    def full_name(self) -> str:
        """Prefecture and name."""
        return self.prefecture + self.name


class NotAPlace(ValueError):
    """The words name no place, or more than one; the message says so in Japanese."""


class Gazetteer:
    """Every municipality, found by code or by name."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_code = {place.lg_code: place for place in places}
        self._by_name: dict[str, list[Place]] = {}
        for place in self.by_code.values():
            self._by_name.setdefault(name_key(place.name), []).append(place)
        self._prefectures = {name_key(row.name): row.name for row in PREFECTURES}
        for row in PREFECTURES:  # 「岩手」 for 岩手県; 北海道 is whole already
            self._prefectures.setdefault(name_key(re.sub("[都府県]$", "", row.name)), row.name)

    def prefecture(self, text: str) -> str | None:
        """The prefecture meant by 「岩手県」 or 「岩手」; None when it is none."""
        return self._prefectures.get(name_key(text))

    def named(self, text: str, prefecture: str | None = None) -> list[Place]:
        """The municipalities meant by 「福島県石川郡古殿町」「古殿町」「古殿町（福島県）」."""
        key = name_key(text)
        outer, _, inner = key.rstrip(")").partition("(")
        if inner and inner in self._prefectures:
            key, prefecture = outer, self._prefectures[inner]
        found = self._by_name.get(key, [])
        if not found:
            for start, name in _PREFECTURE_KEYS:
                if key.startswith(start) and key != start:
                    prefecture = prefecture or name
                    if prefecture != name:
                        return []
                    key = key[len(start) :]
                    break
            found = self._by_name.get(key, [])
        if not found and "郡" in key[1:]:
            found = self._by_name.get(key[key.index("郡", 1) + 1 :], [])
        return [place for place in found if prefecture in (None, place.prefecture)]

    def find(self, text: str, prefecture: str | None = None) -> Place:
        """The one municipality a text means.

        Raises:
            NotAPlace: none, or several (all are listed).
        """
        found = self.named(text, prefecture)
        if len(found) == 1:
            return found[0]
        if found:
            raise NotAPlace(
                f"「{text.strip()}」は{len(found)}団体あり、どれか決められません（候補："
                f"{'、'.join(f'{place.full_name} {place.lg_code}' for place in found)}）。"
                "都道府県名を付けて記入してください。"
            )
        elsewhere = self.named(text) if prefecture else []
        hint = (
            f"{'、'.join(place.full_name for place in elsewhere)}ではありませんか。"
            if elsewhere
            else ""
        )
        raise NotAPlace(
            f"「{prefecture or ''}{text.strip()}」は団体コード一覧にありません。{hint}"
            "都道府県名と市区町村名を確かめてください。"
        )


@dataclass(frozen=True)
class PlaceWords:
    """A place as an application names it: a municipality, a prefecture, a region or free words."""

    lg_code: str | None = None
    prefecture_code: str | None = None
    region: str | None = None
    words: str = ""


def region_named(text: str) -> str | None:
    """The region meant by 「近畿」 or 「関西」; None when it is none."""
    return _REGION_KEYS.get(name_key(text))


def read_place(text: str, gazetteer: Gazetteer) -> PlaceWords:
    """A place of any kind; what is none of ours stays as words (「離島」).

    Raises:
        NotAPlace: the name of several municipalities.
    """
    prefecture = gazetteer.prefecture(text)
    if region := region_named(text):  # 北海道 is a region and a prefecture: the same places
        return PlaceWords(region=region)
    if prefecture:
        return PlaceWords(prefecture_code=PREFECTURE_CODES[prefecture])
    if gazetteer.named(text):
        return PlaceWords(lg_code=gazetteer.find(text).lg_code)
    return PlaceWords(words=text.strip()[:200])
