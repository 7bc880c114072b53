"""Reading statistics: they are public, so every role that holds the right reads all of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from companion.core.db import db
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.statistics.models import (
    Statistic,
    StatisticMedian,
    StatisticUpload,
    StatisticValue,
)
from companion.statistics.terms import NATION


@dataclass(frozen=True)
class Line:
    """A statistic with its newest year, and how many municipalities have a value then."""

    statistic: Statistic
    year: int
    n: int


def statistics_listed() -> list[Line]:
    """Every statistic by code with its newest year."""
    newest = (
        select(StatisticMedian.statistic_id, func.max(StatisticMedian.year).label("year"))
        .group_by(StatisticMedian.statistic_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Statistic, StatisticMedian.year, StatisticMedian.n)
        .join(newest, newest.c.statistic_id == Statistic.id)
        .join(
            StatisticMedian,
            (StatisticMedian.statistic_id == Statistic.id)
            & (StatisticMedian.year == newest.c.year)
            & (StatisticMedian.prefecture_code == NATION),
        )
        .order_by(Statistic.code)
    )
    return [Line(*row) for row in rows]


def find_statistic(public_id: str) -> Statistic | None:
    """One statistic, None when there is none."""
    return db.session.scalar(select(Statistic).where(Statistic.public_id == public_id))


def years_of(statistic: Statistic) -> list[int]:
    """The years with values, newest first."""
    rows = select(StatisticMedian.year).where(
        StatisticMedian.statistic_id == statistic.id, StatisticMedian.prefecture_code == NATION
    )
    return list(db.session.scalars(rows.order_by(StatisticMedian.year.desc())))


def median_of(statistic: Statistic, year: int, prefecture_code: str) -> StatisticMedian | None:
    """The median of a prefecture or, by `NATION`, of the nation; None without values."""
    return db.session.get(StatisticMedian, (statistic.id, year, prefecture_code))


SORTS = {
    "code": (Municipality.lg_code,),
    "-code": (Municipality.lg_code.desc(),),
    "value": (StatisticValue.value, Municipality.lg_code),
    "-value": (StatisticValue.value.desc(), Municipality.lg_code),
}


def values_of(
    statistic: Statistic,
    year: int,
    *,
    prefecture_code: str = "",
    sort: str = "code",
    offset: int = 0,
    limit: int | None = None,
) -> list[tuple[Municipality, float]]:
    """Municipalities with their values, one page of them or (no `limit`) all."""
    found = (
        select(Municipality, StatisticValue.value)
        .join(StatisticValue, StatisticValue.lg_code == Municipality.lg_code)
        .where(StatisticValue.statistic_id == statistic.id, StatisticValue.year == year)
        .order_by(*SORTS.get(sort, SORTS["code"]))
        .offset(offset)
        .limit(limit)
    )
    if prefecture_code:
        found = found.where(Municipality.prefecture_code == prefecture_code)
    return [(row[0], row[1]) for row in db.session.execute(found)]


@dataclass(frozen=True)
class Beside:
    """A municipality's newest value of a statistic beside the medians of the same year."""

    statistic: Statistic
    year: int
    value: float
    prefecture: StatisticMedian
    nation: StatisticMedian


def figures_of(town: Municipality) -> list[Beside]:
    """What is known of a municipality, statistic by statistic."""
    newest = (
        select(StatisticValue.statistic_id, func.max(StatisticValue.year).label("year"))
        .where(StatisticValue.lg_code == town.lg_code)
        .group_by(StatisticValue.statistic_id)
        .subquery()
    )
    near, whole = aliased(StatisticMedian), aliased(StatisticMedian)

    def same(median: type[StatisticMedian], prefecture_code: str) -> object:
        return (
            (median.statistic_id == StatisticValue.statistic_id)
            & (median.year == StatisticValue.year)
            & (median.prefecture_code == prefecture_code)
        )

    rows = db.session.execute(
        select(Statistic, StatisticValue.year, StatisticValue.value, near, whole)
        .join(StatisticValue, StatisticValue.statistic_id == Statistic.id)
        .join(
            newest,
            (newest.c.statistic_id == StatisticValue.statistic_id)
            & (newest.c.year == StatisticValue.year),
        )
        .join(near, same(near, town.prefecture_code))  # type: ignore[arg-type]
        .join(whole, same(whole, NATION))  # type: ignore[arg-type]
        .where(StatisticValue.lg_code == town.lg_code)
        .order_by(Statistic.code)
    )
    return [Beside(*row) for row in rows]


def find_town(lg_code: str) -> Municipality | None:
    """The municipality of a code."""
    return db.session.get(Municipality, lg_code)


def uploads_of(period: Period) -> list[StatisticUpload]:
    """The last workbooks of a period, newest first."""
    rows = select(StatisticUpload).where(StatisticUpload.period_id == period.id)
    return list(db.session.scalars(rows.order_by(StatisticUpload.id.desc()).limit(20)))


def find_upload(public_id: str) -> StatisticUpload | None:
    """One workbook that was sent."""
    return db.session.scalar(select(StatisticUpload).where(StatisticUpload.public_id == public_id))
