"""The master of statistics, their values by municipality and year, medians, workbooks sent in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core.db import Base, PublicId, UtcDateTime, Word
from companion.periods.models import Period
from companion.statistics.terms import UploadState


class Statistic(PublicId, Base):
    """One statistic (統計指標); whether more of it is better is nobody's claim."""

    __tablename__ = "statistics"
    __table_args__ = (UniqueConstraint("name", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20), default="")
    source: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        """Name with its unit."""
        return f"{self.name}（{self.unit}）" if self.unit else self.name


class StatisticValue(Base):
    """A figure of a municipality for a year."""

    __tablename__ = "statistic_values"
    __table_args__ = (
        UniqueConstraint("statistic_id", "year", "lg_code"),
        CheckConstraint("year BETWEEN 1900 AND 2100", name="year"),
        Index("ix_statistic_values_statistic_id_year_value", "statistic_id", "year", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statistic_id: Mapped[int] = mapped_column(ForeignKey("statistics.id"))
    lg_code: Mapped[str] = mapped_column(ForeignKey("municipalities.lg_code"), index=True)
    year: Mapped[int]
    value: Mapped[float] = mapped_column(Double)


class StatisticMedian(Base):
    """The median of a prefecture, or of the nation, and of how many values; made at each import."""

    __tablename__ = "statistic_medians"

    statistic_id: Mapped[int] = mapped_column(ForeignKey("statistics.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(String(2), primary_key=True)
    n: Mapped[int]
    median: Mapped[float] = mapped_column(Double)


class StatisticUpload(PublicId, Base):
    """A workbook that was sent: kept as it came, taken in once a person has seen the preview."""

    __tablename__ = "statistic_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The year in which it was taken in; the values carry the years they are about.
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    state: Mapped[UploadState] = mapped_column(Word(UploadState, 10), default=UploadState.READING)
    filename: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    # What the preview showed: `columns`, `faults`, `skipped` (see `planning`).
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
