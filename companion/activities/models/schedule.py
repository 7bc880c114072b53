"""What is to come: repeated meetings, polls for a date, calendar feeds, sessions of the Diet."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.activities.models.records import Activity
from companion.activities.terms import ActivityKind, PollState, Preference, Repetition
from companion.core import clock
from companion.core.access import Role
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import User
from companion.periods.models import Period
from companion.teams.models import Team


class Series(PublicId, Base):
    """How meetings repeat; each date is a planned activity of its own that can be moved alone."""

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("every >= 1", name="every_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    repetition: Mapped[Repetition] = mapped_column(Word(Repetition, 10))
    every: Mapped[int] = mapped_column(default=1)  # every so many weeks, or which week of the month
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    activities: Mapped[list[Activity]] = relationship(order_by=Activity.planned_start)


class Poll(PublicId, Versioned, Base):
    """A question for a date, put to the members of a team and its municipality."""

    __tablename__ = "polls"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    state: Mapped[PollState] = mapped_column(Word(PollState, 10), default=PollState.OPEN)
    kind: Mapped[ActivityKind] = mapped_column(Word(ActivityKind, 20))
    title: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    medium: Mapped[str] = mapped_column(String(100), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The plan that came of it.
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))

    team: Mapped[Team] = relationship()
    activity: Mapped[Activity | None] = relationship()
    slots: Mapped[list[PollSlot]] = relationship(
        back_populates="poll", cascade="all, delete-orphan", order_by="PollSlot.starts_at"
    )


class PollSlot(Base):
    """One date to choose from."""

    __tablename__ = "poll_slots"
    __table_args__ = (UniqueConstraint("poll_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"))
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    poll: Mapped[Poll] = relationship(back_populates="slots")
    answers: Mapped[list[PollAnswer]] = relationship(
        cascade="all, delete-orphan", order_by="PollAnswer.id"
    )


class PollAnswer(Base):
    """What one member, or the municipality, says about one date."""

    __tablename__ = "poll_answers"
    __table_args__ = (UniqueConstraint("slot_id", "voter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("poll_slots.id"))
    # The public id of the member, or the word for the municipality.
    voter: Mapped[str] = mapped_column(String(20))
    preference: Mapped[Preference] = mapped_column(Word(Preference, 8))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)


class CalendarFeed(Base):
    """A secret address at which a calendar program reads plans, with one person's rights.

    Without a team it holds all teams of the person. Only the hash of the secret is kept.
    """

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role, 12))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
    team: Mapped[Team | None] = relationship()


class DietSession(Base):
    """A session of the Diet, in which officials of the ministries are hard to get."""

    __tablename__ = "diet_sessions"
    __table_args__ = (
        UniqueConstraint("period_id", "first_on"),
        CheckConstraint("last_on >= first_on", name="last_after_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    name: Mapped[str] = mapped_column(String(60))
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]

    period: Mapped[Period] = relationship()
