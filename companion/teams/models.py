"""Teams and their members."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.periods.models import Period
from companion.teams.terms import EndKind, MemberRole, TeamState


class Team(PublicId, Versioned, Base):
    """One municipality and its officials in one period; numbered by municipality code."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("period_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    number: Mapped[int]
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), unique=True)
    state: Mapped[TeamState] = mapped_column(
        Word(TeamState, 12), default=TeamState.PROPOSED, index=True
    )
    # Hundredths of a point as the matcher gave them, whole and by part, and the sentences behind.
    score: Mapped[int | None]
    score_parts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    announced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # What team and municipality agreed to work on, and since when that is fixed.
    support_theme: Mapped[str] = mapped_column(String(200), default="", server_default="")
    theme_fixed_on: Mapped[dt.date | None]

    period: Mapped[Period] = relationship()
    challenge: Mapped[Challenge] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamMember.position"
    )

    pauses: Mapped[list[TeamPause]] = relationship(
        cascade="all, delete-orphan", order_by="TeamPause.started_on"
    )

    @property
    def current_members(self) -> list[TeamMember]:
        """Members who serve today; one who is known to leave serves until the last day."""
        return [member for member in self.members if member.is_serving]


class TeamMember(PublicId, Base):
    """An official's appointment to a team, with start and end; history stays."""

    __tablename__ = "team_members"
    __table_args__ = (
        # One team at a time: the appointment that has not ended is unique per official.
        Index(
            "uq_team_members_current_official",
            "official_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    position: Mapped[int]
    role: Mapped[MemberRole] = mapped_column(Word(MemberRole, 10), default=MemberRole.MEMBER)
    started_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    end_kind: Mapped[EndKind | None] = mapped_column(Word(EndKind, 12))
    end_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Whose place was taken; one successor for each who leaves.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("team_members.id"), unique=True)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)

    team: Mapped[Team] = relationship(back_populates="members")
    official: Mapped[Official] = relationship()

    @property
    def is_serving(self) -> bool:
        """True until the last day of the appointment."""
        return self.ended_on is None or self.ended_on >= clock.today()


class TeamPause(Base):
    """A time in which a team rests: no reminder and no alert counts these days."""

    __tablename__ = "team_pauses"
    __table_args__ = (CheckConstraint("ended_on >= started_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    started_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text)
