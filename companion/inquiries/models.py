"""What teams have asked the secretariat, and what was answered."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.core import clock
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.inquiries.terms import InquiryKind, InquiryState
from companion.people.models import Ministry, User
from companion.periods.models import PolicyField
from companion.teams.models import Team
from companion.teams.terms import Visibility


class Inquiry(PublicId, Versioned, Base):
    """One inquiry (後方支援依頼) of a team."""

    __tablename__ = "inquiries"
    __table_args__ = (
        CheckConstraint("usefulness BETWEEN 1 AND 5", name="usefulness"),
        CheckConstraint("state <> 'answered' OR answer <> ''", name="answer_given"),
        Index("ix_inquiries_team_id_state", "team_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    kind: Mapped[InquiryKind] = mapped_column(Word(InquiryKind, 10))
    state: Mapped[InquiryState] = mapped_column(Word(InquiryState, 10), default=InquiryState.OPEN)
    subject: Mapped[str] = mapped_column(String(100))
    background: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text)
    field_code: Mapped[str | None] = mapped_column(ForeignKey("policy_fields.code"))
    ministry_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"))
    # By when the team wishes an answer, or a business fortnight after it asked.
    due_on: Mapped[dt.date]
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Whom the secretariat has passed it to.
    passed_to: Mapped[str] = mapped_column(String(100), default="")
    # The ministry whose contacts read it and may answer; None: the secretariat alone.
    routed_to_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # The ministry whose words the answer is; None: the secretariat's.
    answered_from_code: Mapped[str | None] = mapped_column(ForeignKey("ministries.code"))
    usefulness: Mapped[int | None]
    visibility: Mapped[Visibility] = mapped_column(
        Word(Visibility, 10), default=Visibility.TEAM, server_default=Visibility.TEAM.value
    )

    team: Mapped[Team] = relationship()
    field: Mapped[PolicyField | None] = relationship()
    ministry: Mapped[Ministry | None] = relationship(foreign_keys=[ministry_code])
    routed_to: Mapped[Ministry | None] = relationship(foreign_keys=[routed_to_code])
    answered_from: Mapped[Ministry | None] = relationship(foreign_keys=[answered_from_code])
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def is_late(self) -> bool:
        """True when the day has passed and nothing is answered."""
        return self.state.is_waiting and self.due_on < clock.today()

    @property
    def takes_reply(self) -> bool:
        """True while the ministry it was routed to may answer, or put its own answer right."""
        own = self.answered_from_code == self.routed_to_code
        return self.routed_to_code is not None and (
            self.state.is_waiting or (self.state is InquiryState.ANSWERED and own)
        )
