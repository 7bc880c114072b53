"""Whom a ministry proposes, and what the secretariat answered."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import Ministry, User
from companion.periods.models import Period
from companion.proposals.terms import ProposalState


class Proposal(PublicId, Versioned, Base):
    """An official whom the own ministry proposes; nothing else is made before it is accepted."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    ministry_code: Mapped[str] = mapped_column(ForeignKey("ministries.code"), index=True)
    state: Mapped[ProposalState] = mapped_column(
        Word(ProposalState, 12), default=ProposalState.OPEN
    )
    name: Mapped[str] = mapped_column(String(100))
    kana: Mapped[str] = mapped_column(String(100))
    division: Mapped[str] = mapped_column(String(100))
    post: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Why the secretariat declined; empty otherwise.
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
    ministry: Mapped[Ministry] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
