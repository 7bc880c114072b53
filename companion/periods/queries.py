"""Reading periods and policy fields."""

from __future__ import annotations

from sqlalchemy import select

from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period, Pillar, PolicyField
from companion.periods.rules import fiscal_year_of


def all_periods() -> list[Period]:
    """Every period, newest first."""
    return list(db.session.scalars(select(Period).order_by(Period.fiscal_year.desc())))


def find_period(fiscal_year: int) -> Period | None:
    """The period of a fiscal year."""
    if not 0 < fiscal_year < 10_000:
        return None  # an address may hold a number that no database can
    return db.session.scalar(select(Period).where(Period.fiscal_year == fiscal_year))


def period_named(name: str) -> Period:
    """The period called 「令和7年度」 (or R7, 2025).

    Raises:
        Refused: the name is no fiscal year, or the period has not been opened.
    """
    year = fiscal_year_of(name)
    if year is None:
        raise Refused(f"「{name}」は年度として読めません。「令和7年度」のように指定してください。")
    period = find_period(year)
    if period is None:
        known = "、".join(row.name for row in all_periods()) or "なし"
        raise Refused(f"{name}はまだ登録されていません（登録済み：{known}）。")
    return period


def policy_fields() -> list[PolicyField]:
    """Policy fields in their order."""
    return list(db.session.scalars(select(PolicyField).order_by(PolicyField.position)))


def pillars() -> list[Pillar]:
    """The five pillars in their order."""
    return list(db.session.scalars(select(Pillar).order_by(Pillar.position)))
