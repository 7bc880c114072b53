"""Signs of life of the process beside the web server."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base, UtcDateTime


class Heartbeat(Base):
    """When a part of `companion work` last came by."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    beaten_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
