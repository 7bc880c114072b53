"""Runs of the matcher: what was asked, what came out, with its proof."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime
from companion.periods.models import Period


class MatchRun(PublicId, Base):
    """One run on a frozen copy of the data; never changed afterwards except for its adoption."""

    __tablename__ = "match_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    team_count: Mapped[int]
    seed: Mapped[int]
    data_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    objective: Mapped[int | None]  # hundredths of a point
    bound: Mapped[int | None]
    milliseconds: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    # [{lg_code, officials: [e-mail], score, parts, reasons, member_reasons}]
    teams: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    adopted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
