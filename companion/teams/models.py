"""Teams and their members."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.models import Challenge, Official
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.periods.models import Period
from companion.teams.terms import MemberRole, TeamState


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

    period: Mapped[Period] = relationship()
    challenge: Mapped[Challenge] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamMember.position"
    )

    @property
    def current_members(self) -> list[TeamMember]:
        """Members whose appointment has not ended."""
        return [member for member in self.members if member.ended_on is None]


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
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)

    team: Mapped[Team] = relationship(back_populates="members")
    official: Mapped[Official] = relationship()
