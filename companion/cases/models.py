"""Articles about good cases, and their steps."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.cases.terms import CaseState, Section
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import User
from companion.periods.models import PolicyField
from companion.teams.models import Team


class Case(PublicId, Versioned, Base):
    """One good case (好事例) of a team."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name="published_has_its_moment"
        ),
        Index("ix_cases_team_id_state", "team_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    state: Mapped[CaseState] = mapped_column(Word(CaseState, 10), default=CaseState.DRAFT)
    title: Mapped[str] = mapped_column(String(60))
    field_code: Mapped[str] = mapped_column(ForeignKey("policy_fields.code"))
    background: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[str] = mapped_column(Text, default="")
    schemes: Mapped[str] = mapped_column(Text, default="")
    duration: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    situation_before: Mapped[str] = mapped_column(Text, default="")
    situation_after: Mapped[str] = mapped_column(Text, default="")
    team_part: Mapped[str] = mapped_column(Text, default="")
    obstacles: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    # When it was last published.
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    field: Mapped[PolicyField] = relationship()
    steps: Mapped[list[CaseStep]] = relationship(
        cascade="all, delete-orphan", order_by="CaseStep.id"
    )

    @property
    def texts(self) -> dict[Section, str]:
        """What is written, by section."""
        return {section: getattr(self, section.value) for section in Section}


class CaseStep(Base):
    """One step in the life of an article: who, when, to which state, and what was said."""

    __tablename__ = "case_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[CaseState] = mapped_column(Word(CaseState, 10))
    comment: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship()
