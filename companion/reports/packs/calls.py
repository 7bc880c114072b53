"""R1 募集状況: who applied, by day, prefecture, field, ministry and rank."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from companion.applications.models import Challenge, Official
from companion.applications.terms import RankClass
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.places.prefectures import PREFECTURE_NAMES
from companion.reports.packs.base import begin, field_name, share
from companion.reports.queries import CHOSEN, SERVING, all_challenges, all_officials, ministries
from companion.reports.tables import Chart, Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition

TITLE = "募集状況"
OVERLAP = "一つの応募が複数の分野に数えられるため、計は応募数を超える（重複を含む）。"


def build(period: Period, edition: Edition) -> Report:
    """Count the applications of both sides."""
    challenges, officials = all_challenges(period), all_officials(period)
    missing = []
    if not challenges:
        missing.append("市町村の応募がまだありません。")
    if not officials:
        missing.append("職員の応募がまだありません。")
    undated = sum(row.applied_on is None for row in challenges)
    undated += sum(row.applied_on is None for row in officials)
    if undated:
        missing.append(f"応募日の記入がない応募が{undated}件あり、日別の表には「日付なし」で示す。")
    return begin(
        "applications",
        TITLE,
        period,
        edition,
        sheets=(
            PrintSheet("日別", (_days(challenges, officials),)),
            PrintSheet("都道府県別", (_prefectures(challenges),), is_landscape=False),
            PrintSheet("分野別", (_fields(challenges, officials),)),
            PrintSheet("府省庁別", (_ministries(officials),)),
            PrintSheet("職位別", (_ranks(officials),)),
        ),
        facts=(
            ("応募数", f"市町村 {len(challenges):,}団体、職員 {len(officials):,}人"),
            ("対象", "受け付けたすべての応募（辞退・対象外を含む）"),
        ),
        missing=tuple(missing),
    )


def _base(challenges: Sequence[Challenge], officials: Sequence[Official]) -> str:
    return f"対象：受け付けた応募　市町村 {len(challenges):,}団体、職員 {len(officials):,}人"


def _days(challenges: Sequence[Challenge], officials: Sequence[Official]) -> Table:
    towns = Counter(row.applied_on for row in challenges)
    people = Counter(row.applied_on for row in officials)
    rows: list[Row] = []
    leads = []
    sums = [0, 0]
    for day in sorted({*towns, *people}, key=lambda d: (d is None, d or dt.date.min)):
        sums = [sums[0] + towns[day], sums[1] + people[day]]
        rows.append((day or "日付なし", towns[day], sums[0], people[day], sums[1]))
        leads.append({"day": day.isoformat() if day else "none"})
    return Table(
        "応募_日別",
        "応募日別の応募数",
        (
            Column("day", "応募日", "date", width=16),
            Column("towns", "市町村", "count", "団体", 12),
            Column("towns_sum", "市町村（累計）", "count", "団体", 14),
            Column("people", "職員", "count", "人", 12),
            Column("people_sum", "職員（累計）", "count", "人", 14),
        ),
        rows,
        base=_base(challenges, officials) + "　単位：団体、人",
        n=len(challenges),
        total=("計", len(challenges), None, len(officials), None),
        leads=tuple(leads),
        behind="challenges",
    )


def _prefectures(challenges: Sequence[Challenge]) -> Table:
    applied = Counter(row.municipality.prefecture_code for row in challenges)
    chosen = Counter(row.municipality.prefecture_code for row in challenges if row.state in CHOSEN)
    n = len(challenges)
    return Table(
        "応募_都道府県別",
        "都道府県別の応募団体数",
        (
            Column("code", "都道府県コード", "code", width=16),
            Column("prefecture", "都道府県", width=16),
            Column("applied", "応募", "count", "団体", 12),
            Column("share", "割合", "share", "％", 12),
            Column("chosen", "選定", "count", "団体", 12),
        ),
        [
            (code, name, applied[code], share(applied[code], n), chosen[code])
            for code, name in PREFECTURE_NAMES.items()
        ],
        base=f"対象：応募した市町村　n={n:,}　単位：団体、％",
        n=n,
        total=(None, "計", n, share(n, n), sum(chosen.values())),
        leads=tuple({"prefecture": code} for code in PREFECTURE_NAMES),
        behind="challenges",
    )


def _fields(challenges: Sequence[Challenge], officials: Sequence[Official]) -> Table:
    towns = Counter(field.field_code for row in challenges for field in row.fields)
    main = Counter(row.fields[0].field_code for row in challenges if row.fields)
    people = Counter(field.field_code for row in officials for field in row.fields)
    fields, n = policy_fields(), len(challenges)
    return Table(
        "応募_分野別",
        "政策分野別の応募数（重複を含む）",
        (
            Column("code", "分野コード", "code", in_print=False),
            Column("field", "政策分野", width=26),
            Column("towns", "市町村", "count", "団体", 11),
            Column("share", "割合", "share", "％", 11),
            Column("main", "うち主分野", "count", "団体", 11),
            Column("people", "職員の得意分野", "count", "人", 14),
        ),
        [
            (
                field.code,
                field_name(field),
                towns[field.code],
                share(towns[field.code], n),
                main[field.code],
                people[field.code],
            )
            for field in fields
        ],
        base=_base(challenges, officials) + f"　n={n:,}　単位：団体、人、％",
        n=n,
        notes=(f"割合は応募した市町村（n={n:,}）を100％として算出。{OVERLAP}",),
        total=(
            None,
            "延べ数",
            sum(towns.values()),
            share(sum(towns.values()), n),
            sum(main.values()),
            sum(people.values()),
        ),
        chart=Chart("bar", "field", "share"),
        leads=tuple({"field": field.code} for field in fields),
        behind="challenges",
    )


def _ministries(officials: Sequence[Official]) -> Table:
    applied = Counter(row.ministry_code for row in officials)
    serving = Counter(row.ministry_code for row in officials if row.state in SERVING)
    n = len(officials)
    listed = [row for row in ministries() if applied[row.code]]
    return Table(
        "応募_府省庁別",
        "府省庁別の応募職員数",
        (
            Column("code", "府省庁コード", "code", in_print=False),
            Column("ministry", "府省庁", width=24),
            Column("applied", "応募", "count", "人", 11),
            Column("share", "割合", "share", "％", 11),
            Column("serving", "配置", "count", "人", 11),
        ),
        [
            (m.code, m.name, applied[m.code], share(applied[m.code], n), serving[m.code])
            for m in listed
        ],
        base=f"対象：応募した職員　n={n:,}　単位：人、％",
        n=n,
        total=(None, "計", n, share(n, n), sum(serving.values())),
        chart=Chart("bar", "ministry", "applied"),
        leads=tuple({"ministry": m.code} for m in listed),
        behind="officials",
    )


def _ranks(officials: Sequence[Official]) -> Table:
    applied = Counter(row.rank_class for row in officials)
    serving = Counter(row.rank_class for row in officials if row.state in SERVING)
    n = len(officials)
    return Table(
        "応募_職位別",
        "職位別の応募職員数",
        (
            Column("code", "職位コード", "code", in_print=False),
            Column("rank", "職位", width=24),
            Column("applied", "応募", "count", "人", 11),
            Column("share", "割合", "share", "％", 11),
            Column("serving", "配置", "count", "人", 11),
        ),
        [
            (rank.value, rank.label, applied[rank], share(applied[rank], n), serving[rank])
            for rank in RankClass
        ],
        base=f"対象：応募した職員　n={n:,}　単位：人、％",
        n=n,
        total=(None, "計", n, share(n, n), sum(serving.values())),
        chart=Chart("column", "rank", "applied"),
        leads=tuple({"rank": rank.value} for rank in RankClass),
        behind="officials",
    )
