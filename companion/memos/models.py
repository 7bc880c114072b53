"""Entries of the teams' memos, their earlier versions, and the openings by coordinators."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned
from companion.people.models import User
from companion.teams.models import Team


class MemoEntry(PublicId, Versioned, Base):
    """One note of a team, as it stands now."""

    __tablename__ = "memo_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # Who wrote the present words, and when; the author where nobody has changed them.
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    team: Mapped[Team] = relationship()
    written_by: Mapped[User] = relationship(foreign_keys=[written_by_id])
    changed_by: Mapped[User] = relationship(foreign_keys=[changed_by_id])
    earlier: Mapped[list[MemoVersion]] = relationship(
        cascade="all, delete-orphan", order_by="MemoVersion.id.desc()"
    )


class MemoVersion(Base):
    """What an entry said before it was changed: whose words, and since when."""

    __tablename__ = "memo_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("memo_entries.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    by: Mapped[User] = relationship()


class MemoOpening(PublicId, Base):
    """One coordinator's opening of one team's memos, for a limited time and with a reason."""

    __tablename__ = "memo_openings"
    __table_args__ = (
        CheckConstraint("until > opened_at", name="ends_after_start"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    user: Mapped[User] = relationship()

    @property
    def is_open(self) -> bool:
        """True while the coordinator reads by it."""
        return clock.now() < self.until
