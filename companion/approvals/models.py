"""Requests for a second person's decision; they are never deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.approvals.terms import ApprovalState
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word


class Approval(PublicId, Versioned, Base):
    """One request: what is asked, by whom and why, and who decided otherwise than the asker."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id != asked_by_id", name="two_people"),
        Index(
            "uq_approvals_waiting",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    # What it is about: a public id or a natural key; one request at a time waits for each.
    subject: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[ApprovalState] = mapped_column(
        Word(ApprovalState, 12), default=ApprovalState.WAITING, index=True
    )
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_by_name: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_by_name: Mapped[str] = mapped_column(String(100), default="")
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str] = mapped_column(Text, default="")
    # The page of what came out of it.
    location: Mapped[str] = mapped_column(String(500), default="")

    @property
    def is_waiting(self) -> bool:
        """True while it can be decided or withdrawn."""
        return self.state is ApprovalState.WAITING
