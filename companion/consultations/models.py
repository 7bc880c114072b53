"""The sheets of the municipalities, and what each ministry says to them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.consultations.terms import Axis, ConsultationState, Element, Stage, WishedWay
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import Ministry, User
from companion.periods.models import Period
from companion.places.models import Municipality


class Consultation(PublicId, Versioned, Base):
    """One sheet (相談カルテ) of a municipality, which has confirmed that it leads the matter."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('answered', 'follow_up') OR answered_at IS NOT NULL", name="answer_sent"
        ),
        Index("ix_consultations_period_id_state", "period_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    lg_code: Mapped[str] = mapped_column(ForeignKey("municipalities.lg_code"), index=True)
    state: Mapped[ConsultationState] = mapped_column(
        Word(ConsultationState, 10), default=ConsultationState.RECEIVED
    )
    subject: Mapped[str] = mapped_column(String(100))
    partners: Mapped[str] = mapped_column(Text, default="")
    situation: Mapped[str] = mapped_column(Text)
    # Codes of `Element`, in their order.
    elements: Mapped[list[str]] = mapped_column(JSON)
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    question: Mapped[str] = mapped_column(Text)
    wished_way: Mapped[WishedWay] = mapped_column(Word(WishedWay))
    # Whom the municipality lets read it besides the secretariat and the ministries asked.
    is_for_team: Mapped[bool] = mapped_column(default=False)
    is_for_prefecture: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[dt.date]
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    received_from_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # What the secretariat gathers, until it is sent; nobody else reads it.
    gathered: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
    municipality: Mapped[Municipality] = relationship()
    received_from: Mapped[User | None] = relationship()
    routings: Mapped[list[ConsultationRouting]] = relationship(
        back_populates="consultation",
        cascade="all, delete-orphan",
        order_by="ConsultationRouting.id",
    )

    @property
    def is_late(self) -> bool:
        """True when the day has passed and nothing is sent."""
        return self.state.is_waiting and self.due_on < clock.today()

    @property
    def waits_for(self) -> list[Ministry]:
        """The ministries that have not said anything yet."""
        return [row.ministry for row in self.routings if row.is_waiting]

    def labels_on(self, axis: Axis) -> str:
        """What is combined on an axis, in words."""
        chosen = [Element(code) for code in self.elements]
        return "、".join(element.label for element in chosen if element.axis is axis)

    def routing_of(self, ministry_code: str | None) -> ConsultationRouting | None:
        """What a ministry was asked, None when it was not."""
        return next((row for row in self.routings if row.ministry_code == ministry_code), None)


class ConsultationRouting(Versioned, Base):
    """A ministry that a sheet is shared with, and what its contacts say."""

    __tablename__ = "consultation_routings"
    __table_args__ = (
        UniqueConstraint("consultation_id", "ministry_code"),
        CheckConstraint("is_waiting OR answer <> ''", name="answer_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    ministry_code: Mapped[str] = mapped_column(ForeignKey("ministries.code"), index=True)
    is_waiting: Mapped[bool] = mapped_column(default=True)
    routed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    consultation: Mapped[Consultation] = relationship(back_populates="routings")
    ministry: Mapped[Ministry] = relationship()
    answered_by: Mapped[User | None] = relationship()
