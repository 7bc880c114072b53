"""Runs of the matcher, drafts worked on by hand, and what was decided, each with its proof."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.matching.terms import StepKind
from companion.periods.models import Period


class MatchSettings(Versioned, Base):
    """How a period gives points, and its hard rules; absent means the starting values."""

    __tablename__ = "match_settings"

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class MatchCopy(Base):
    """A frozen copy of a period's applications, kept once by the hash of its content."""

    __tablename__ = "match_copies"

    data_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    # challenges, officials, regions, names
    applicants: Mapped[dict[str, Any]] = deferred(mapped_column(JSON))
    # what keys are called, by kind
    names: Mapped[dict[str, Any]] = deferred(mapped_column(JSON))


class MatchRun(PublicId, Base):
    """One run on a frozen copy of the data; never changed afterwards except for its adoption."""

    __tablename__ = "match_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    label: Mapped[str] = mapped_column(String(100), default="")
    team_count: Mapped[int]
    seed: Mapped[int]
    data_hash: Mapped[str] = mapped_column(String(64))  # of the frozen copy
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(20))
    objective: Mapped[int | None]  # hundredths of a point
    bound: Mapped[int | None]
    milliseconds: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    # [{lg_code, officials: [e-mail], score, parts, reasons, member_reasons}]
    teams: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    adopted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
    variant: Mapped[DraftVariant | None] = relationship(back_populates="run")


class MatchDraft(PublicId, Versioned, Base):
    """Teams worked on by hand: begun from a run or another draft, changed step by step."""

    __tablename__ = "match_drafts"
    __table_args__ = (UniqueConstraint("period_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    # The number of the step that the draft stands at; steps after it were undone.
    step: Mapped[int] = mapped_column(default=0)
    adopted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
    run: Mapped[MatchRun] = relationship(foreign_keys=[run_id])
    steps: Mapped[list[DraftStep]] = relationship(
        back_populates="draft", cascade="all, delete-orphan", order_by="DraftStep.number"
    )


class DraftVariant(Base):
    """A run that solves a draft again or varies its weights, and the step it started from."""

    __tablename__ = "draft_variants"

    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"), primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("match_drafts.id"), index=True)
    step: Mapped[int]

    run: Mapped[MatchRun] = relationship(back_populates="variant")
    draft: Mapped[MatchDraft] = relationship()


class DraftStep(Base):
    """One change of a draft, with what stood after it; undoing goes back, a new step cuts off."""

    __tablename__ = "draft_steps"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("match_drafts.id"), index=True)
    number: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(Word(StepKind, 12))
    summary: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    sketch: Mapped[dict[str, Any]] = mapped_column(JSON)
    points: Mapped[int]  # of the whole programme, after this step
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by: Mapped[str] = mapped_column(String(100), default="")

    draft: Mapped[MatchDraft] = relationship(back_populates="steps")


class MatchDecision(PublicId, Base):
    """What two people decided and made public, frozen: teams, weights, data, seed, hand work."""

    __tablename__ = "match_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), unique=True)
    decided_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))

    period: Mapped[Period] = relationship()
