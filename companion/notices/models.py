"""Signs of life of the process beside the web server."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base, UtcDateTime, Versioned


class Heartbeat(Base):
    """When a part of `companion work` last came by."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    beaten_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AlertSettings(Versioned, Base):
    """After how many days (times, months) each rule speaks in a period; 0 is off."""

    __tablename__ = "alert_settings"

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    limits: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    # Days after which a letter may mention the same thing again.
    repeat_days: Mapped[int] = mapped_column(default=14, server_default="14")


class AlertTold(Base):
    """When a letter last mentioned something to look at, so that it does not do so too often."""

    __tablename__ = "alerts_told"

    audience: Mapped[str] = mapped_column(String(12), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    # The hash of whose or what it is about.
    subject: Mapped[str] = mapped_column(String(32), primary_key=True)
    told_on: Mapped[dt.date]
