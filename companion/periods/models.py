"""Periods and policy fields."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base, Versioned


class Period(Versioned, Base):
    """One fiscal year (年度) of the programme and its settings."""

    __tablename__ = "periods"
    __table_args__ = (CheckConstraint("team_size BETWEEN 2 AND 4", name="team_size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    secretariat: Mapped[str] = mapped_column(String(100), default="内閣官房 地域未来戦略本部事務局")
    team_count: Mapped[int] = mapped_column(default=60)
    team_size: Mapped[int] = mapped_column(default=3)
    population_limit: Mapped[int] = mapped_column(default=100_000)
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def ordinal(self) -> str:
        """第1期 is fiscal year 2025."""
        return f"第{self.fiscal_year - 2024}期"

    @property
    def first_day(self) -> dt.date:
        """1 April."""
        return dt.date(self.fiscal_year, 4, 1)

    @property
    def last_day(self) -> dt.date:
        """31 March of the next calendar year."""
        return dt.date(self.fiscal_year + 1, 3, 31)


class PolicyField(Base):
    """A policy field: the code is stable, label, digit and order may be edited."""

    __tablename__ = "policy_fields"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    digit: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(40), unique=True)
    is_provisional: Mapped[bool]
    position: Mapped[int]


class Pillar(Base):
    """One of the five pillars of 地方創生2.0; the code is stable, label and order may be edited."""

    __tablename__ = "pillars"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    digit: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
