"""Indicators and their values over time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned
from companion.teams.models import Team

Figure = Numeric(14, 2)


class Indicator(PublicId, Versioned, Base):
    """One figure that a challenge wants to move (number of guests, shops that opened …)."""

    __tablename__ = "indicators"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    baseline: Mapped[Decimal] = mapped_column(Figure)
    baseline_on: Mapped[dt.date]
    target: Mapped[Decimal] = mapped_column(Figure)
    target_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(200))

    team: Mapped[Team] = relationship()
    values: Mapped[list[IndicatorValue]] = relationship(
        back_populates="indicator",
        cascade="all, delete-orphan",
        order_by="IndicatorValue.measured_on",
    )

    @property
    def latest(self) -> IndicatorValue | None:
        """The newest value."""
        return self.values[-1] if self.values else None

    @property
    def progress_tenths(self) -> int | None:
        """How much of the way from baseline to target is covered, in tenths of a percent.

        四捨五入 away from zero; None without a value, or where target and baseline are the same.
        """
        way = self.target - self.baseline
        if self.latest is None or not way:
            return None
        done = (self.latest.value - self.baseline) * 1000 / way
        half = Decimal("0.5") if done >= 0 else Decimal("-0.5")
        return int(done + half)


class IndicatorValue(PublicId, Base):
    """A value measured on a day; one for each day."""

    __tablename__ = "indicator_values"
    __table_args__ = (UniqueConstraint("indicator_id", "measured_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id"), index=True)
    measured_on: Mapped[dt.date]
    value: Mapped[Decimal] = mapped_column(Figure)
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    indicator: Mapped[Indicator] = relationship(back_populates="values")
