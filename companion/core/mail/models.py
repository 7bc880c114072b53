"""Tables of the post: letters, the mails they left in, and what people want no letters about."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.db import Base, UtcDateTime, Word
from companion.core.mail.kinds import LetterKind


class Mail(Base):
    """The one mail of a person and a day, in which the letters of that day leave together.

    `day` is empty once a person has decided about a mail whose sending was cut off, so that what
    it held may leave the same day.
    """

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("recipient", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    day: Mapped[dt.date | None]
    message_id: Mapped[str] = mapped_column(String(64))


class Letter(Base):
    """One letter to one person about one thing in one slot; the same letter cannot exist twice."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind), server_default="team")
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    # queued → sending → sent; dropped by a person, unwanted by its reader, expired by age,
    # refused by the server of the address.
    state: Mapped[str] = mapped_column(String(12), default="queued", index=True)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)


class StoppedLetters(Base):
    """An address wants no letters of a kind."""

    __tablename__ = "stopped_letters"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind), primary_key=True)
    stopped_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
