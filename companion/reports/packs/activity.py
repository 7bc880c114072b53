"""R5 活動実績: per team and month meetings, visits, hours against 10–20 %, last contact."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from sqlalchemy import ColumnElement, case, func, select

from companion.activities.load import WORKING_MINUTES
from companion.activities.models import Attendance
from companion.activities.queries.results import held_by_month, months_of
from companion.activities.terms import ActivityKind
from companion.core import clock
from companion.core.db import db
from companion.inquiries.queries import inquiry_counts
from companion.periods.models import Period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.reports.packs.activity_rows import (
    COUNTS,
    MONTH_COLUMNS,
    Months,
    details,
    hours_of,
    team_months,
)
from companion.reports.packs.base import begin
from companion.reports.queries import team_lines
from companion.reports.tables import Chart, Column, DataSheet, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition

TITLE = "活動実績"


def build(period: Period, edition: Edition) -> Report:
    """Count what took place; the activities themselves stream."""
    teams, counted, last = team_lines(period), _by_month(period), _last_contact(period)
    begun = max([number + 1 for months in counted.values() for number in months], default=0)
    missing = []
    if not teams:
        missing.append("公表したチームがまだありません。")
    elif not counted:
        missing.append("実施した会議・訪問の記録がまだありません。")
    silent = sum(team.id not in counted for team in teams)
    if counted and silent:
        missing.append(f"記録が一件もないチームが{silent}あります（「－」で示す）。")
    months = months_of(period)
    return begin(
        "activities",
        TITLE,
        period,
        edition,
        sheets=(
            PrintSheet("月別", (_months(counted, months, len(teams)),)),
            PrintSheet("チーム別", (_teams(teams, counted, last, begun, inquiry_counts(period)),)),
        ),
        data=(
            DataSheet("データ_チーム×月", MONTH_COLUMNS, team_months(period, teams, counted)),
            *((details(period),) if edition is Edition.INTERNAL else ()),
        ),
        facts=(
            ("対象", f"公表したチーム {len(teams):,}　期間 {begun}か月（記録のある最後の月まで）"),
            ("従事時間", "準備と移動を含む。1人1か月の目安は15.5～31時間（勤務時間の10～20％）"),
        ),
        missing=tuple(missing),
    )


def _by_month(period: Period) -> Months:
    held = held_by_month(period).subquery()

    def count(kind: ActivityKind) -> ColumnElement[int]:
        return func.sum(case((held.c.kind == kind, 1), else_=0))

    found: Months = {}
    for team, month, meetings, visits, everything in db.session.execute(
        select(
            held.c.team_id,
            held.c.month,
            count(ActivityKind.ONLINE_MEETING),
            count(ActivityKind.SITE_VISIT),
            func.count(),
        ).group_by(held.c.team_id, held.c.month)
    ):
        found.setdefault(team, {})[month] = (meetings, visits, everything - meetings - visits, 0)
    for team, month, minutes in db.session.execute(
        select(held.c.team_id, held.c.month, func.sum(Attendance.minutes))
        .join(Attendance, Attendance.activity_id == held.c.id)
        .group_by(held.c.team_id, held.c.month)
    ):
        found[team][month] = (*found[team][month][:3], int(minutes or 0))
    return found


def _last_contact(period: Period) -> dict[int, dt.date]:
    held = held_by_month(period).subquery()
    rows = db.session.execute(
        select(held.c.team_id, func.max(held.c.held_start)).group_by(held.c.team_id)
    )
    return {team: clock.to_jst(moment).date() for team, moment in rows}


def _sum(months: dict[int, tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    sums = [sum(values) for values in zip(*months.values(), strict=True)] or [0, 0, 0, 0]
    return sums[0], sums[1], sums[2], sums[3]


def _months(counted: Months, months: list[dt.date], teams: int) -> Table:
    rows: list[Row] = []
    for number, month in enumerate(months):
        inside = {team: by[number] for team, by in counted.items() if number in by}
        meetings, visits, others, minutes = _sum(inside)
        words = f"{month.year}年{month.month}月"
        rows.append(
            (f"{month:%Y-%m}", words, len(inside), meetings, visits, others, hours_of(minutes))
        )
    sums = [sum(row[i] for row in rows) for i in range(3, 7)]  # type: ignore[misc]
    return Table(
        "活動_月別",
        "月別の活動実績",
        (
            Column("month", "年月", "code", in_print=False),
            Column("label", "月", width=14),
            Column("active", "活動したチーム", "count", "チーム", 14),
            *COUNTS,
        ),
        rows,
        base=f"対象：公表したチーム　n={teams:,}　単位：チーム、回、時間",
        n=teams,
        notes=("従事時間は全員の計で、準備と移動を含む。",),
        total=(None, "計", None, *sums),
        chart=Chart("column", "label", "meetings") if counted else None,
    )


def team_table(period: Period) -> Table:
    """The sheet of R5 by team, for other reports."""
    counted = _by_month(period)
    begun = max([number + 1 for months in counted.values() for number in months], default=0)
    last, asked = _last_contact(period), inquiry_counts(period)
    return _teams(team_lines(period), counted, last, begun, asked)


def _teams(
    teams: list,
    counted: Months,
    last: dict[int, dt.date],
    begun: int,
    asked: dict[int, int],
) -> Table:
    rows: list[Row] = []
    for team in teams:
        meetings, visits, others, minutes = _sum(counted.get(team.id, {}))
        each = Fraction(minutes, team.members * begun) if team.members and begun else None
        rows.append(
            (
                team.number,
                team.lg_code,
                PREFECTURE_NAMES[team.prefecture_code],
                team.name,
                meetings,
                visits,
                others,
                hours_of(minutes),
                each / 60 if each is not None else "…",
                each / WORKING_MINUTES if each is not None else "…",
                last.get(team.id) or "－",
                asked.get(team.id, 0),
            )
        )
    sums = [sum(row[i] for row in rows) for i in range(4, 8)]  # type: ignore[misc]
    return Table(
        "活動_チーム別",
        "チーム別の活動実績",
        (
            Column("number", "No.", "number", width=6),
            Column("lg_code", "団体コード", "code", in_print=False),
            Column("prefecture", "都道府県", width=11),
            Column("town", "市町村", width=16),
            *COUNTS,
            Column("each", "1人1か月の平均", "hours", "時間", 12),
            Column("share", "勤務時間に占める割合", "share", "％", 12),
            Column("last", "最終活動日", "date", "", 13),
            Column("asked", "後方支援の依頼", "count", "件", 12),
        ),
        rows,
        base=f"対象：公表したチーム　n={len(teams):,}　単位：回、時間、％",
        n=len(teams),
        notes=(
            f"1人1か月の平均は、従事時間を支援官の数と{begun}か月で割ったもの。",
            "勤務時間は1か月155時間（週38時間45分）。目安は10～20％（15.5～31時間）。",
        ),
        total=(None, None, None, "計", *sums, None, None, None, sum(row[-1] for row in rows)),  # type: ignore[misc]
        leads=tuple({"team": team.public_id} for team in teams),
        behind="teams",
    )
