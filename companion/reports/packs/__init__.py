"""The register of packs: every official report, in the order of the office's own numbering."""

from __future__ import annotations

from companion.core.access import Permission
from companion.reports.packs import (
    activity,
    calls,
    contacts,
    matched,
    pages,
    rosters,
    satisfaction,
    sessions,
    years,
)
from companion.reports.packs.base import INTERNAL_ONLY, Pack

_ALL = (
    Pack(
        "applications",
        "R1",
        calls.TITLE,
        "応募数を日別、都道府県別、分野別、府省庁別、職位別に示します。",
        calls.build,
    ),
    Pack(
        "teams",
        "R2",
        rosters.TEAMS,
        "公表したチームの一覧です。公表版には支援官の氏名を載せません。",
        rosters.build_teams,
    ),
    Pack(
        "fields",
        "R3",
        rosters.FIELDS,
        "政策分野ごとのチーム数です（重複を含み、割合はチーム数に対するもの）。",
        rosters.build_fields,
        has_slides=True,
    ),
    Pack(
        "ministries",
        "R4",
        rosters.MINISTRIES,
        "現任の支援官を府省庁と職位で数えます。",
        rosters.build_ministries,
    ),
    Pack(
        "activities",
        "R5",
        activity.TITLE,
        "チームと月ごとの会議・訪問・従事時間（10～20％の目安と比べて）・最終活動日です。",
        activity.build,
        is_long=True,
    ),
    Pack(
        "satisfaction",
        "R6",
        satisfaction.TITLE,
        "二つのアンケートの集計表、クロス表、自由記述、データ、検算をまとめたExcelです。",
        satisfaction.build,
        has_slides=True,
    ),
    Pack(
        "matching",
        "R7",
        matched.TITLE,
        "決裁に付ける資料です：得点と上界、基準、チームごとの理由、手による変更とその理由。",
        matched.build,
        editions=INTERNAL_ONLY,
        permission=Permission.MATCH_VIEW,
    ),
    Pack(
        "contacts",
        "R8",
        contacts.TITLE,
        "市町村の担当者と支援官の連絡先です。100人を超える出力には、理由と別の人の承認が必要です。",
        contacts.build,
        editions=INTERNAL_ONLY,
        permission=Permission.CONTACT_VIEW,
    ),
    Pack(
        "sessions",
        "R9",
        sessions.TITLE,
        "報告会の回ごとに、日時、会場、発表の順と時刻、テーマを示します。",
        sessions.build,
    ),
    Pack(
        "comparison",
        "R10",
        years.TITLE,
        "期を並べて比べます。設問や選択肢が変わったものは比べず「…」とします。",
        years.build,
    ),
    Pack(
        "onepage",
        "R11",
        pages.TITLE,
        "市町村ごとにA4一枚で、課題、チーム、活動、宿題、評価（内部版）を示します。",
        pages.build,
    ),
)
PACKS: dict[str, Pack] = {pack.id: pack for pack in _ALL}
