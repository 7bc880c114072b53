"""The data sheets of R5: a row a team and month, a row an activity, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import case, func, select

from companion.activities.load import WORKING_MINUTES
from companion.activities.models import Activity, Attendance
from companion.activities.queries.results import held_by_month, months_of
from companion.core import clock
from companion.core.db import db
from companion.periods.models import Period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.reports.queries import team_lines
from companion.reports.tables import Column, DataSheet, Row

AT_A_TIME = 2_000  # rows held in memory
Months = dict[int, dict[int, tuple[int, int, int, int]]]  # team → month → counts and minutes


def hours_of(minutes: int) -> Fraction:
    return Fraction(minutes, 60)


COUNTS = (
    Column("meetings", "オンライン会議", "count", "回", 12),
    Column("visits", "現地訪問", "count", "回", 12),
    Column("others", "その他", "count", "回", 10),
    Column("hours", "従事時間", "hours", "時間", 13),
)


MONTH_COLUMNS = (
    Column("year", "年度", "number", "西暦"),
    Column("number", "チーム番号", "number"),
    Column("lg_code", "団体コード", "code"),
    Column("prefecture", "都道府県"),
    Column("town", "市町村"),
    Column("month", "年月", "code"),
    *COUNTS,
    Column("share", "勤務時間に占める割合（1人当たり）", "share", "％"),
)


def team_months(period: Period, teams: list, counted: Months) -> list[Row]:
    made: list[Row] = []
    for team in teams:
        for number, month in enumerate(months_of(period)):
            found = counted.get(team.id, {}).get(number, (0, 0, 0, 0))
            whole = team.members * WORKING_MINUTES
            made.append(
                (
                    period.fiscal_year,
                    team.number,
                    team.lg_code,
                    PREFECTURE_NAMES[team.prefecture_code],
                    team.name,
                    f"{month:%Y-%m}",
                    *found[:3],
                    hours_of(found[3]),
                    Fraction(found[3], whole) if whole else "…",
                )
            )
    return made


def details(period: Period) -> DataSheet:
    """One row an activity that took place, read and written piece by piece."""
    return DataSheet(
        "データ_活動",
        (
            Column("year", "年度", "number", "西暦"),
            Column("number", "チーム番号", "number"),
            Column("lg_code", "団体コード", "code"),
            Column("town", "市町村"),
            Column("day", "実施日", "date"),
            Column("kind", "種別コード", "code"),
            Column("label", "種別"),
            Column("title", "主題"),
            Column("people", "出席した支援官", "number", "人"),
            Column("hours", "従事時間", "hours", "時間"),
        ),
        Activities(period),
    )


class Activities:
    """The activities of a period in the order of teams and days; read anew by each reader."""

    def __init__(self, period: Period) -> None:
        self.period = period

    def __iter__(self) -> Iterator[Row]:
        period = self.period
        teams = {team.id: team for team in team_lines(period)}
        held = held_by_month(period).subquery()
        spent = (
            select(
                Attendance.activity_id.label("id"),
                func.sum(Attendance.minutes).label("minutes"),
                func.sum(case((Attendance.status == "present", 1), else_=0)).label("people"),
            )
            .group_by(Attendance.activity_id)
            .subquery()
        )
        found = db.session.connection().execute(
            select(
                held.c.team_id,
                held.c.held_start,
                held.c.kind,
                Activity.title,
                spent.c.people,
                spent.c.minutes,
            )
            .join(Activity, Activity.id == held.c.id)
            .outerjoin(spent, spent.c.id == held.c.id)
            .order_by(held.c.team_id, held.c.held_start, held.c.id),
            execution_options={"yield_per": AT_A_TIME},
        )
        for team_id, start, kind, title, people, minutes in found:
            team = teams.get(team_id)
            if team is None:
                continue
            yield (
                period.fiscal_year,
                team.number,
                team.lg_code,
                team.name,
                clock.to_jst(start).date(),
                kind.value,
                kind.label,
                title,
                int(people or 0),
                hours_of(int(minutes or 0)),
            )
