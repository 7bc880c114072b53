"""Reports of the teams, their history, and until when they are due."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import User
from companion.teamreports.terms import ReportKind, ReportState, Section
from companion.teams.models import Team


class TeamReport(PublicId, Versioned, Base):
    """The interim or final report of one team."""

    __tablename__ = "team_reports"
    __table_args__ = (UniqueConstraint("team_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    kind: Mapped[ReportKind] = mapped_column(Word(ReportKind, 10))
    state: Mapped[ReportState] = mapped_column(Word(ReportState, 10), default=ReportState.DRAFT)
    theme: Mapped[str] = mapped_column(Text, default="")
    course: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    remaining: Mapped[str] = mapped_column(Text, default="")
    # The draft from the logs that the texts were last compared with, by section.
    drawn: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    drawn_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)

    team: Mapped[Team] = relationship()
    changes: Mapped[list[TeamReportChange]] = relationship(
        cascade="all, delete-orphan", order_by="TeamReportChange.id"
    )

    @property
    def texts(self) -> dict[Section, str]:
        """What is written, by section."""
        return {section: getattr(self, section.value) for section in Section}

    @property
    def drawn_texts(self) -> dict[Section, str]:
        """The draft last compared with, by section."""
        return {section: self.drawn.get(section.value, "") for section in Section}


class TeamReportChange(Base):
    """One step in the life of a report: who, when, to which state, and what was said."""

    __tablename__ = "team_report_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("team_reports.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[ReportState] = mapped_column(Word(ReportState, 10))
    comment: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship()


class ReportDue(Base):
    """Until when a period's reports of a kind are to be handed in."""

    __tablename__ = "report_dues"

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(Word(ReportKind, 10), primary_key=True)
    due_on: Mapped[dt.date]
