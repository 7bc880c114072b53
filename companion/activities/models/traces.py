"""What writing leaves behind: the steps of next actions, and drafts of what is not sent yet."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.activities.terms import ActionState
from companion.core import clock
from companion.core.db import Base, UtcDateTime, Word
from companion.people.models import User


class ActionChange(Base):
    """One step in the life of a next action: how it stood before and after, and what was said."""

    __tablename__ = "action_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("next_actions.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    was: Mapped[ActionState | None] = mapped_column(Word(ActionState, 10))
    now: Mapped[ActionState] = mapped_column(Word(ActionState, 10))
    words: Mapped[str] = mapped_column(String(300), default="")

    by: Mapped[User | None] = relationship()


class Draft(Base):
    """What a person has typed into a form and not yet sent, as pairs of field name and value."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "team_id", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    # A kind for something new, the public id of the activity otherwise; `report:…` for a report.
    about: Mapped[str] = mapped_column(String(20))
    typed: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
