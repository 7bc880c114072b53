"""Criteria, reviews, decisions with their reasons, consents chased and conflicts found."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import User
from companion.places.models import Municipality
from companion.screening.terms import Stance, Verdict


class Criterion(Base):
    """What challenges of a period are judged by; the weights need not sum to 100."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("period_id", "position"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(300), default="")
    weight: Mapped[int]


class Review(Versioned, Base):
    """What one reviewer thinks of one challenge: a level 1 to 5 for each criterion."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("challenge_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # criterion id (as text, JSON has no other keys) -> level
    levels: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    challenge: Mapped[Challenge] = relationship()
    reviewer: Mapped[User] = relationship()

    @property
    def scores(self) -> dict[int, int]:
        """The levels by criterion id."""
        return {int(key): level for key, level in self.levels.items()}


class Decision(Base):
    """A decision about one application with its reason; the newest counts, all are kept."""

    __tablename__ = "screening_decisions"
    __table_args__ = (
        CheckConstraint("(challenge_id IS NULL) != (official_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id"), index=True)
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict, 12))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    decided_by: Mapped[User] = relationship()


class Opinion(Base):
    """What a prefecture says of a challenge, or a ministry of an application of its own official.

    Each saving is a row: the highest version counts, those before it are kept. Coordinators and
    the auditor read it at screening; municipalities and officials never do.
    """

    __tablename__ = "opinions"
    __table_args__ = (
        CheckConstraint("(challenge_id IS NULL) != (official_id IS NULL)", name="one_subject"),
        UniqueConstraint("challenge_id", "version"),
        UniqueConstraint("official_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    version: Mapped[int]
    stance: Mapped[Stance] = mapped_column(Word(Stance, 12))
    note: Mapped[str] = mapped_column(Text, default="")
    given_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    given_by: Mapped[User] = relationship()


class ConsentChase(Base):
    """One time somebody was reminded of a superior's consent that is missing."""

    __tablename__ = "consent_chases"

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    chased_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    chased_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class ConflictOfInterest(PublicId, Base):
    """A conflict found at screening: this official must not serve there, until it is lifted."""

    __tablename__ = "conflicts_of_interest"
    __table_args__ = (
        CheckConstraint("(lg_code IS NULL) != (prefecture_code IS NULL)", name="one_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    lg_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.lg_code"))
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(Text)
    found_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    lifted_reason: Mapped[str] = mapped_column(Text, default="")
    lifted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    official: Mapped[Official] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
