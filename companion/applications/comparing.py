"""What a row of a list says, as the record would hold it, and how it differs from the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.applications.challenge_sheet import ChallengeRow
from companion.applications.models import Challenge, Official
from companion.applications.official_sheet import OfficialRow
from companion.applications.terms import PlaceRelation
from companion.places.names import PlaceWords

# attribute -> label on screen, in the order of the difference
CHALLENGE_LABELS = {
    "population": "人口",
    "population_basis": "人口の基準",
    "population_on": "基準日",
    "division": "担当課",
    "contact_name": "担当者",
    "contact_phone": "電話",
    "contact_email": "メール",
    "title": "課題名",
    "present_state": "現状・背景",
    "efforts": "これまでの取組",
    "wished_support": "希望する支援",
    "wished_officials": "希望する府省庁・専門性",
    "may_publish": "公表の可否",
    "applied_on": "応募日",
    "fields": "政策分野",
}
OFFICIAL_LABELS = {
    "name": "氏名",
    "kana": "ふりがな",
    "ministry_code": "府省庁",
    "division": "局・課",
    "post": "役職",
    "rank_class": "職位区分",
    "experience_years": "経験年数",
    "share_percent": "従事可能割合",
    "has_consent": "上司の同意",
    "is_anywhere": "希望地域（どこでも）",
    "can_lead": "リーダー",
    "can_record": "記録",
    "travel_days": "出張可能日数",
    "conflict_note": "利害関係",
    "applied_on": "応募日",
    "fields": "得意な政策分野",
    "places": "希望地・縁・対応困難な地域",
}
CODE_LABELS = {"prefecture_code": "都道府県", "name": "市区町村名", "kana": "カナ"}

# relation, position, municipality, prefecture, region, words
PlaceValue = tuple[str, int, str | None, str | None, str | None, str]


@dataclass(frozen=True)
class Change:
    """One field that differs, in words."""

    label: str
    before: str
    after: str


def level_of(position: int) -> int:
    """Strength of the policy field named first (3), second (2), later (1)."""
    return max(1, 3 - position)


def challenge_values(row: ChallengeRow) -> dict[str, Any]:
    """A row of 市町村応募一覧 as the record's values; `fields` are codes, the main one first."""
    return {name: getattr(row, name) for name in CHALLENGE_LABELS} | {"fields": tuple(row.fields)}


def stored_challenge(challenge: Challenge) -> dict[str, Any]:
    """The same of a stored challenge."""
    values = {name: getattr(challenge, name) for name in CHALLENGE_LABELS if name != "fields"}
    return values | {"fields": tuple(field.field_code for field in challenge.fields)}


def official_values(row: OfficialRow) -> dict[str, Any]:
    """A row of 応募者名簿 as the record's values; `places` are tuples sorted as they are stored."""
    plain = {
        name: getattr(row, name) for name in OFFICIAL_LABELS if name not in {"fields", "places"}
    }
    places = [
        *_places(PlaceRelation.WISH, row.wishes),
        *_places(PlaceRelation.BIRTHPLACE, (row.birthplace,) if row.birthplace else ()),
        *_places(PlaceRelation.SECONDMENT, row.secondments),
        *_places(PlaceRelation.EXCLUDED, row.excluded),
        *_places(PlaceRelation.CONFLICT, row.conflicts),
    ]
    return plain | {"fields": tuple(row.fields), "places": tuple(sorted(places, key=_order))}


def _places(relation: PlaceRelation, places: tuple[PlaceWords, ...]) -> list[PlaceValue]:
    return [
        (relation.value, at, place.lg_code, place.prefecture_code, place.region, place.words)
        for at, place in enumerate(places)
    ]


def _order(place: PlaceValue) -> tuple[str, int]:
    return place[0], place[1]


def stored_official(official: Official) -> dict[str, Any]:
    """The same of a stored application."""
    plain = {
        name: getattr(official, name)
        for name in OFFICIAL_LABELS
        if name not in {"fields", "places"}
    }
    places = [
        (p.relation.value, p.position, p.lg_code, p.prefecture_code, p.region, p.words)
        for p in official.places
    ]
    return plain | {
        "fields": tuple(field.field_code for field in official.fields),
        "places": tuple(sorted(places, key=_order)),
    }


def differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    labels: Mapping[str, str],
    names: Mapping[str, str],
) -> list[Change]:
    """The fields that differ, in words; `names` says what codes are called."""
    return [
        Change(label, shown(before[key], names), shown(after[key], names))
        for key, label in labels.items()
        if before[key] != after[key]
    ]


def shown(value: Any, names: Mapping[str, str]) -> str:
    """A stored value as a person reads it."""
    if value is None or value == "" or value == ():
        return "（なし）"
    if isinstance(value, bool):
        return "○" if value else "×"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, tuple):
        return "、".join(_one(part, names) for part in value)
    label = getattr(value, "label", None)
    return label if isinstance(label, str) else names.get(value, value)


def _one(part: Any, names: Mapping[str, str]) -> str:
    if isinstance(part, tuple):
        relation, _, lg_code, prefecture, region, words = part
        place = names.get(lg_code or prefecture or "", "") or region or ""
        return f"{PlaceRelation(relation).label}：{place}{'　' if place and words else ''}{words}"
    return names.get(part, part)
