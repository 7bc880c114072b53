"""Drafts, sealed and submitted answers, and the forms and receipts they came with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    event,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core.db import Base, PublicId, UtcDateTime, Word, new_public_id
from companion.surveys.models.rounds import Invitation
from companion.surveys.terms import (
    Channel,
    Identity,
    Outcome,
)

LEADS_TO_NOBODY = (
    "identity = 'anonymous' AND invitation_id IS NULL AND secret_hash IS NOT NULL"
    " AND sealed IS NOT NULL AND CAST(answers AS VARCHAR(9)) = '{}' AND respondent = ''"
)


class Receipt(Base):
    """One answer of a named respondent that arrived: how, typed in by whom, from which file.

    Of anonymous rounds there are none; nothing here names an answer.
    """

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel, 10))
    operator: Mapped[str] = mapped_column(String(254), default="")  # e-mail of who typed it in
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FormReturn(PublicId, Base):
    """One Excel form that was dropped, and what became of it; never of an anonymous round."""

    __tablename__ = "form_returns"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(43), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome, 10))
    message: Mapped[str] = mapped_column(Text, default="")
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # with red cells
    taken_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    invitation: Mapped[Invitation | None] = relationship()


class AnswerDraft(Base):
    """What a respondent has answered so far; an anonymous one opens with its secret only."""

    __tablename__ = "answer_drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "identity"], ["survey_rounds.id", "survey_rounds.identity"]
        ),
        CheckConstraint(
            f"({LEADS_TO_NOBODY}) OR (identity <> 'anonymous' AND invitation_id IS NOT NULL"
            " AND sealed IS NULL)",
            name="identity_held",
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_public_id)
    round_id: Mapped[int] = mapped_column(index=True)
    identity: Mapped[Identity] = mapped_column(Word(Identity, 12))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    respondent: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SealedAnswer(Base):
    """An anonymous answer that was handed in and waits, unreadable, until its round is closed."""

    __tablename__ = "sealed_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "identity"], ["survey_rounds.id", "survey_rounds.identity"]
        ),
        CheckConstraint("identity = 'anonymous'", name="anonymous_only"),
        {"sqlite_with_rowid": False},
    )

    # The secret is the respondent's own: it alone finds the answer again to correct it.
    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    round_id: Mapped[int] = mapped_column(index=True)
    identity: Mapped[Identity] = mapped_column(Word(Identity, 12))
    content: Mapped[bytes] = mapped_column(LargeBinary)


# PostgreSQL would keep some of the values beside the table as statistics, where nothing wipes them.
for _table, _column in (
    ("answer_drafts", "secret_hash"),
    ("answer_drafts", "sealed"),
    ("sealed_answers", "secret_hash"),
    ("sealed_answers", "content"),
):
    event.listen(
        Base.metadata.tables[_table],
        "after_create",
        DDL(f"ALTER TABLE {_table} ALTER COLUMN {_column} SET STATISTICS 0").execute_if(
            dialect="postgresql"
        ),
    )


class AnswerSet(Base):
    """One submitted response; never changed. A correction withdraws it and adds another."""

    __tablename__ = "answer_sets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "identity"], ["survey_rounds.id", "survey_rounds.identity"]
        ),
        CheckConstraint(
            "(identity = 'anonymous' AND invitation_id IS NULL AND submitted_at IS NULL"
            " AND respondent = '')"
            " OR (identity = 'identified' AND invitation_id IS NOT NULL"
            " AND submitted_at IS NOT NULL)"
            # The name of a confidential answer is kept for a time, then forgotten with its moment.
            " OR (identity = 'confidential'"
            " AND (invitation_id IS NULL) = (submitted_at IS NULL))",
            name="identity_held",
        ),
        Index(
            "uq_answer_sets_standing_invitation",
            "invitation_id",
            unique=True,
            sqlite_where=text("NOT is_withdrawn"),
            postgresql_where=text("NOT is_withdrawn"),
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_public_id)
    round_id: Mapped[int] = mapped_column(index=True)
    identity: Mapped[Identity] = mapped_column(Word(Identity, 12))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    respondent: Mapped[str] = mapped_column(String(200), default="")
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    # The municipality lets its team read the free texts, and nothing else, after closing.
    shares_texts: Mapped[bool] = mapped_column(default=False, server_default=false())
