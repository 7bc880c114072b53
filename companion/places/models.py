"""Municipalities."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base
from companion.places.prefectures import PREFECTURE_NAMES, REGION_OF


class Municipality(Base):
    """A municipality under its six-digit code (総務省 全国地方公共団体コード)."""

    __tablename__ = "municipalities"
    __table_args__ = (CheckConstraint("length(lg_code) = 6", name="lg_code_length"),)

    lg_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(String(2), index=True)
    name: Mapped[str] = mapped_column(String(40), index=True)
    kana: Mapped[str] = mapped_column(String(80), default="")

    @property
    def prefecture(self) -> str:
        """Name of the prefecture."""
        return PREFECTURE_NAMES[self.prefecture_code]

    @property
    def region(self) -> str:
        """Region of the country the prefecture belongs to."""
        return REGION_OF[self.prefecture_code]

    @property
    def full_name(self) -> str:
        """Prefecture and municipality: the name alone may be shared by several."""
        return self.prefecture + self.name
