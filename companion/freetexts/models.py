"""Texts of closed rounds, the code book, and how each coder read each text.

The original stays with the answer and is never copied; here stands the edited quote beside it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.freetexts.terms import Decision
from companion.people.models import User
from companion.surveys.models import AnswerSet, SurveyRound


class FreeText(PublicId, Versioned, Base):
    """One text of one respondent; `quote` is what may be printed of it, in words of its own."""

    __tablename__ = "free_texts"
    __table_args__ = (UniqueConstraint("answer_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_rounds.id"), index=True)
    answer_id: Mapped[str] = mapped_column(ForeignKey("answer_sets.id"))
    question: Mapped[str] = mapped_column(String(60))
    quote: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[Decision] = mapped_column(Word(Decision, 10), default=Decision.UNDECIDED)

    round: Mapped[SurveyRound] = relationship()
    answer: Mapped[AnswerSet] = relationship()
    codings: Mapped[list[Coding]] = relationship(order_by="Coding.id")

    @property
    def original(self) -> str:
        """The words as they were written."""
        return str(self.answer.answers.get(self.question) or "")


class TextTag(PublicId, Base):
    """One tag of the code book of a question, with what it means; kept over the years."""

    __tablename__ = "text_tags"
    __table_args__ = (UniqueConstraint("survey_id", "question", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(60))
    question: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    meaning: Mapped[str] = mapped_column(String(300), default="")


class Coding(Base):
    """How one coder read one text: the ids of its tags, none when none fits."""

    __tablename__ = "text_codings"
    __table_args__ = (UniqueConstraint("text_id", "coder_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("free_texts.id"), index=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    tag_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    coded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    coder: Mapped[User] = relationship()
