"""Rounds, who is invited to them, how they are reminded, and how answers came in by day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.models import Official
from companion.core.db import Base, PublicId, UtcDateTime, Word
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.surveys.models.versions import SurveyVersion
from companion.surveys.terms import (
    ANSWERED,
    Channel,
    Identity,
    InvitationState,
    ReminderOutcome,
    RoundState,
)
from companion.teams.models import Team


class SurveyRound(PublicId, Base):
    """One survey put to its population in one period."""

    __tablename__ = "survey_rounds"
    __table_args__ = (
        UniqueConstraint("period_id", "survey_id", "occasion"),
        UniqueConstraint("id", "identity"),
        ForeignKeyConstraint(
            ["version_id", "identity"], ["survey_versions.id", "survey_versions.identity"]
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    survey_id: Mapped[str] = mapped_column(String(60))
    # Empty for the survey of the whole programme; a short survey may be put several times.
    occasion: Mapped[str] = mapped_column(String(60), default="", server_default="")
    version_id: Mapped[int]
    identity: Mapped[Identity] = mapped_column(Word(Identity, 12))
    # Who is asked, where a short survey was put to others than its definition names.
    audience: Mapped[str] = mapped_column(String(12), default="", server_default="")
    state: Mapped[RoundState] = mapped_column(Word(RoundState, 10), default=RoundState.OPEN)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Since when every role may read the public edition of the results; None: not published.
    results_published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Whether the files of the database may still hold what was deleted of it; see `wiping`.
    has_traces: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The share of answers the office wants to reach, in percent.
    target_percent: Mapped[int] = mapped_column(default=80, server_default="80")

    period: Mapped[Period] = relationship()
    version: Mapped[SurveyVersion] = relationship()

    @property
    def title(self) -> str:
        """What it is called: the survey, and of a short one the occasion."""
        return f"{self.version.title}（{self.occasion}）" if self.occasion else self.version.title


class Invitation(PublicId, Base):
    """One respondent of a round: a municipality or an official.

    Of an anonymous round it says who has answered and how, never when.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("round_id", "lg_code"),
        UniqueConstraint("round_id", "official_id"),
        CheckConstraint("(lg_code IS NULL) <> (official_id IS NULL)", name="one_respondent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_rounds.id"), index=True)
    lg_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.lg_code"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    state: Mapped[InvitationState] = mapped_column(
        Word(InvitationState, 12), default=InvitationState.UNSENT
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Which of the links made for it is the live one; 0 for links of before they could be made anew.
    link_number: Mapped[int] = mapped_column(default=1, server_default="0")
    channel: Mapped[Channel | None] = mapped_column(Word(Channel, 10))  # of the newest answer
    is_late: Mapped[bool] = mapped_column(default=False, server_default=false())
    extended_to: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    call_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    decline_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # What conditions may know of the respondent, as it stood when the invitation was made; of
    # identified rounds only.
    facts: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # The respondent's groups by banner as they stood at closing; never of an anonymous round.
    groups: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))

    round: Mapped[SurveyRound] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    official: Mapped[Official | None] = relationship()
    team: Mapped[Team] = relationship()

    @property
    def addressee(self) -> str:
        """Who is asked, as shown on screen."""
        if self.municipality is not None:
            return self.municipality.full_name
        return f"{self.official.name}（{self.official.ministry.name}）" if self.official else ""

    @property
    def has_answered(self) -> bool:
        """True when an answer stands, confirmed or not."""
        return self.state in ANSWERED

    @property
    def due_at(self) -> dt.datetime:
        """The respondent's own deadline: the announced one unless it was extended."""
        return max(self.extended_to or self.round.closes_at, self.round.closes_at)


class Reminder(Base):
    """What became of one step of the ladder for one respondent: each happens once."""

    __tablename__ = "reminders"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(12), primary_key=True)
    outcome: Mapped[ReminderOutcome] = mapped_column(Word(ReminderOutcome, 12))
    day: Mapped[dt.date]

    @property
    def label(self) -> str:
        """What became of it, as shown on screen."""
        return self.outcome.label


class ReminderChange(Base):
    """A coordinator's decision about a step of a round: another day, or not at all."""

    __tablename__ = "reminder_changes"

    round_id: Mapped[int] = mapped_column(ForeignKey("survey_rounds.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(12), primary_key=True)
    moved_to: Mapped[dt.date | None]
    is_stopped: Mapped[bool] = mapped_column(default=False)


class ResponseDay(Base):
    """How many first answers of a round arrived on a day; a sum, so that nobody's day is known."""

    __tablename__ = "response_days"

    round_id: Mapped[int] = mapped_column(ForeignKey("survey_rounds.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
