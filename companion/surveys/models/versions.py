"""Published definitions, and definitions being edited in the browser."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base, UtcDateTime, Versioned, Word
from companion.surveys.terms import (
    Identity,
)


class SurveyVersion(Base):
    """A published definition; never changed afterwards."""

    __tablename__ = "survey_versions"
    __table_args__ = (
        UniqueConstraint("survey_id", "version"),
        UniqueConstraint("id", "identity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(20))
    identity: Mapped[Identity] = mapped_column(Word(Identity, 12))
    title: Mapped[str] = mapped_column(String(200))
    canonical: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The YAML it was read from, with its comments; empty for what was published before it was kept.
    source: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Why, in the words of who published it, when a change needs a note.
    note: Mapped[str] = mapped_column(Text, default="", server_default="")

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, for telling the newest."""
        return tuple(int(part) for part in self.version.split("."))


@event.listens_for(SurveyVersion, "before_update")
@event.listens_for(SurveyVersion, "before_delete")
def _immutable(_mapper: object, _connection: object, version: SurveyVersion) -> None:
    raise RuntimeError(f"version {version.version} of {version.survey_id} is published")


class SurveyDraft(Versioned, Base):
    """A definition being edited in the browser: YAML text, faulty or not."""

    __tablename__ = "survey_drafts"

    survey_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(String(200), default="", server_default="")  # a name


class SurveyDraftStep(Base):
    """What a draft was before a change, so that the change can be undone."""

    __tablename__ = "survey_draft_steps"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(ForeignKey("survey_drafts.survey_id"))
    number: Mapped[int]  # the draft's version before the change
    text: Mapped[str] = mapped_column(Text)
    change: Mapped[str] = mapped_column(String(200))  # in words, for the button that undoes it
