"""The history of exports, what is made by itself, and the templates of the office."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.periods.models import Period
from companion.reports.terms import Edition, FileType, Rhythm


class ReportExport(PublicId, Base):
    """One file that was handed out: what it holds, by whom and when; never changed.

    The file lies in the instance folder under its SHA-256; the same data give the same hash.
    """

    __tablename__ = "report_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    pack: Mapped[str] = mapped_column(String(40))
    edition: Mapped[Edition] = mapped_column(Word(Edition, 10))
    file_type: Mapped[FileType] = mapped_column(Word(FileType, 10))
    filter_text: Mapped[str] = mapped_column(String(300), default="")
    rows: Mapped[int]
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    data_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_by_name: Mapped[str] = mapped_column(String(100), default="")
    origin: Mapped[str] = mapped_column(String(20), default="")
    template_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("report_template_versions.id")
    )

    period: Mapped[Period] = relationship()
    template_version: Mapped[TemplateVersion | None] = relationship()


class ReportPlan(Base):
    """A report that is made by itself in a period, and the day it was made for last."""

    __tablename__ = "report_plans"
    __table_args__ = (UniqueConstraint("period_id", "pack"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    pack: Mapped[str] = mapped_column(String(40))
    edition: Mapped[Edition] = mapped_column(Word(Edition, 10))
    rhythm: Mapped[Rhythm] = mapped_column(Word(Rhythm, 10))
    last_on: Mapped[dt.date | None]

    period: Mapped[Period] = relationship()


class ReportTemplate(PublicId, Versioned, Base):
    """A workbook of the office's own form that a report of a period is filled into."""

    __tablename__ = "report_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    pack: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    latest: Mapped[int]  # number of the version in use
    removed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template", order_by="TemplateVersion.number.desc()"
    )


class TemplateVersion(Base):
    """One file of a template, as it came; never changed. `look` is what was found in it."""

    __tablename__ = "report_template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("report_templates.id"))
    number: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    look: Mapped[dict[str, Any]] = mapped_column(JSON)
    uploaded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_by_name: Mapped[str] = mapped_column(String(100), default="")

    template: Mapped[ReportTemplate] = relationship(back_populates="versions")
