"""Sessions of the 報告会, the seat of each team, and days that do not suit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned
from companion.periods.models import Period
from companion.teams.models import Team


class BriefingPlan(Versioned, Base):
    """The programme of a period's 報告会 as a whole: published or not, and how it was before."""

    __tablename__ = "briefing_plans"

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Seats before the latest change, to take it back: [team, session, position, fixed].
    before: Mapped[list[list[int]] | None] = mapped_column(JSON)


class BriefingSession(PublicId, Versioned, Base):
    """One session: `size` teams at most, each with the same minutes, one after the other."""

    __tablename__ = "briefing_sessions"
    __table_args__ = (
        UniqueConstraint("period_id", "number"),
        CheckConstraint("size BETWEEN 1 AND 60", name="size"),
        CheckConstraint("team_minutes BETWEEN 3 AND 120", name="team_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    number: Mapped[int]
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    team_minutes: Mapped[int]
    size: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")

    period: Mapped[Period] = relationship()
    seats: Mapped[list[BriefingSeat]] = relationship(
        back_populates="session", order_by="BriefingSeat.position"
    )

    @property
    def ends_at(self) -> dt.datetime:
        """When the last team has spoken, were every seat taken."""
        return self.starts_at + dt.timedelta(minutes=self.team_minutes * self.size)

    @property
    def name(self) -> str:
        """「第3回」."""
        return f"第{self.number}回"


class BriefingSeat(Base):
    """When a team speaks: its session and its place in it, from 0. A fixed one stays."""

    __tablename__ = "briefing_seats"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("briefing_sessions.id"), index=True)
    position: Mapped[int]
    is_fixed: Mapped[bool] = mapped_column(default=False)

    team: Mapped[Team] = relationship()
    session: Mapped[BriefingSession] = relationship(back_populates="seats")

    @property
    def starts_at(self) -> dt.datetime:
        """When the team begins."""
        return self.session.starts_at + dt.timedelta(
            minutes=self.session.team_minutes * self.position
        )

    @property
    def ends_at(self) -> dt.datetime:
        """When the team is done."""
        return self.starts_at + dt.timedelta(minutes=self.session.team_minutes)


class BriefingCall(Versioned, Base):
    """What calendars were last told of a team's seat; its version is how often that changed."""

    __tablename__ = "briefing_calls"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200), default="")
    is_off: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    team: Mapped[Team] = relationship()


class UnsuitableDay(Base):
    """A day on which a team or its municipality cannot take part in a 報告会."""

    __tablename__ = "unsuitable_days"
    __table_args__ = (UniqueConstraint("team_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    day: Mapped[dt.date]
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    team: Mapped[Team] = relationship()
