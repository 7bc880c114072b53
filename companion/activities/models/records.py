"""Meetings and visits, who took part, and what hangs on them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.activities.models.traces import ActionChange
from companion.activities.terms import (
    TOOK_PLACE,
    ActionState,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    GuestSide,
    OwnerKind,
)
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import User
from companion.periods.models import Pillar, PolicyField
from companion.teams.models import Team, TeamMember
from companion.teams.terms import Visibility

activity_fields = Table(
    "activity_fields",
    Base.metadata,
    Column("activity_id", ForeignKey("activities.id"), primary_key=True),
    Column("field_code", ForeignKey("policy_fields.code"), primary_key=True),
)
activity_pillars = Table(
    "activity_pillars",
    Base.metadata,
    Column("activity_id", ForeignKey("activities.id"), primary_key=True),
    Column("pillar_code", ForeignKey("pillars.code"), primary_key=True),
)


class Activity(PublicId, Versioned, Base):
    """One meeting, visit or other contact of a team with its municipality."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("planned_end > planned_start", name="planned_end_after_start"),
        CheckConstraint("held_end > held_start", name="held_end_after_start"),
        CheckConstraint(
            "state NOT IN ('planned', 'cancelled') OR planned_start IS NOT NULL",
            name="planned_has_time",
        ),
        CheckConstraint(
            "state NOT IN ('held', 'recorded', 'published')"
            " OR (held_start IS NOT NULL AND held_end IS NOT NULL)",
            name="held_has_time",
        ),
        CheckConstraint("nights >= 0", name="nights_not_negative"),
        Index("ix_activities_team_id_held_start", "team_id", "held_start"),
        Index("ix_activities_team_id_planned_start", "team_id", "planned_start"),
        # What the boards count is answered by this index alone, however many periods there are.
        Index("ix_activities_counted", "team_id", "state", "kind", "held_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    kind: Mapped[ActivityKind] = mapped_column(Word(ActivityKind, 20))
    state: Mapped[ActivityState] = mapped_column(Word(ActivityState, 12))
    # The theme in one line: all that a prefecture reads of it besides kind and date.
    title: Mapped[str] = mapped_column(String(200))
    planned_start: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    planned_end: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    held_start: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    held_end: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200), default="")
    medium: Mapped[str] = mapped_column(String(100), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    present_state: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[str] = mapped_column(Text, default="")
    until_next: Mapped[str] = mapped_column(Text, default="")
    nights: Mapped[int | None]
    trip_purpose: Mapped[str] = mapped_column(Text, default="")
    trip_route: Mapped[str] = mapped_column(Text, default="")
    # What changed inside the municipal office, if anything: asked again in the survey.
    office_change: Mapped[str] = mapped_column(String(300), default="")
    may_publish: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[Visibility] = mapped_column(
        Word(Visibility, 10), default=Visibility.TEAM, server_default=Visibility.TEAM.value
    )
    # The municipality says that day and attendance are right, or what is not.
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    objection: Mapped[str] = mapped_column(String(500), default="")
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    # The activity at whose end this one was agreed.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(
        UtcDateTime, default=clock.now, onupdate=clock.now
    )

    team: Mapped[Team] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    fields: Mapped[list[PolicyField]] = relationship(
        secondary=activity_fields, order_by=PolicyField.position
    )
    pillars: Mapped[list[Pillar]] = relationship(
        secondary=activity_pillars, order_by=Pillar.position
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="activity", order_by="Attachment.id"
    )
    attendances: Mapped[list[Attendance]] = relationship(
        back_populates="activity", cascade="all, delete-orphan", order_by="Attendance.member_id"
    )
    guests: Mapped[list[Guest]] = relationship(
        back_populates="activity", cascade="all, delete-orphan", order_by="Guest.position"
    )
    next_actions: Mapped[list[NextAction]] = relationship(
        back_populates="activity", order_by="NextAction.id"
    )

    @property
    def is_held(self) -> bool:
        """True when it took place."""
        return self.state in TOOK_PLACE

    @property
    def starts_at(self) -> dt.datetime | None:
        """When it began, or is to begin."""
        return self.held_start or self.planned_start

    @property
    def day(self) -> dt.date:
        """The Japanese day on which it began, or is to begin."""
        return clock.to_jst(self.starts_at or self.created_at).date()

    @property
    def ends_same_day(self) -> bool:
        """True when it begins and ends on one Japanese day."""
        return self.ends_at is None or clock.to_jst(self.ends_at).date() == self.day

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it ended, or is to end; None when only the beginning is planned."""
        return self.held_end if self.held_start else self.planned_end


class Attachment(PublicId, Base):
    """A file that belongs to a log; its content lies in the instance folder under its hash."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]  # bytes
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256
    media_type: Mapped[str] = mapped_column(String(100))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    activity: Mapped[Activity] = relationship(back_populates="attachments")


class Attendance(Base):
    """A member's part in an activity."""

    __tablename__ = "attendances"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes_not_negative"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("team_members.id"), primary_key=True, index=True
    )
    status: Mapped[AttendanceStatus] = mapped_column(Word(AttendanceStatus, 10))
    minutes: Mapped[int] = mapped_column(default=0)  # with preparation and travel

    activity: Mapped[Activity] = relationship(back_populates="attendances")
    member: Mapped[TeamMember] = relationship()


class Guest(Base):
    """Somebody of the municipality or from outside who took part."""

    __tablename__ = "guests"
    __table_args__ = (UniqueConstraint("activity_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    position: Mapped[int]
    side: Mapped[GuestSide] = mapped_column(Word(GuestSide, 12))
    name: Mapped[str] = mapped_column(String(100), default="")
    organisation: Mapped[str] = mapped_column(String(100), default="")
    post: Mapped[str] = mapped_column(String(100), default="")

    activity: Mapped[Activity] = relationship(back_populates="guests")


def owner_label(kind: OwnerKind, member_name: str | None) -> str:
    """Who does an action, as shown on screen: the member named, or one of the two sides."""
    if member_name is not None:
        return member_name
    return "チーム" if kind is OwnerKind.OFFICIAL else "自治体"


class NextAction(PublicId, Versioned, Base):
    """What somebody of the team or of the municipality does next, and by when."""

    __tablename__ = "next_actions"
    __table_args__ = (
        CheckConstraint(
            "owner_kind <> 'municipality' OR owner_member_id IS NULL", name="owner_fits_kind"
        ),
        CheckConstraint("state NOT IN ('blocked', 'dropped') OR reason <> ''", name="reason_given"),
        Index("ix_next_actions_team_id_state", "team_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    owner_kind: Mapped[OwnerKind] = mapped_column(Word(OwnerKind, 12))
    # None with OFFICIAL means the whole team.
    owner_member_id: Mapped[int | None] = mapped_column(ForeignKey("team_members.id"))
    due_on: Mapped[dt.date | None]
    state: Mapped[ActionState] = mapped_column(Word(ActionState, 10), default=ActionState.OPEN)
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    activity: Mapped[Activity | None] = relationship(back_populates="next_actions")
    owner_member: Mapped[TeamMember | None] = relationship()

    changes: Mapped[list[ActionChange]] = relationship(order_by="ActionChange.id")

    @property
    def owner_label(self) -> str:
        """Who does it, as shown on screen."""
        member = self.owner_member
        return owner_label(self.owner_kind, member.official.name if member else None)

    @property
    def is_settled(self) -> bool:
        """True when nobody owes anything any more."""
        return self.state in {ActionState.DONE, ActionState.DROPPED}
