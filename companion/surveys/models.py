"""Published versions, rounds, who is invited, drafts and answers.

The level of identity is in the schema: a round carries its version's level through a composite
foreign key, an answer carries its round's, and a check lets an anonymous answer have nothing
that leads to a person: no invitation, no time, no name. Its key is random and, on SQLite, the
table has no row ids, so that neither order nor number says when it came.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.models import Official
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word, new_public_id
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.surveys.terms import (
    ANSWERED,
    Channel,
    Identity,
    InvitationState,
    Outcome,
    ReminderOutcome,
    RoundState,
)
from companion.teams.models import Team

LEADS_TO_NOBODY = (
    "identity = 'anonymous' AND invitation_id IS NULL AND secret_hash IS NOT NULL"
    " AND sealed IS NOT NULL AND CAST(answers AS VARCHAR(9)) = '{}' AND respondent = ''"
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


class ResponseDay(Base):
    """How many first answers of a round arrived on a day; a sum, so that nobody's day is known."""

    __tablename__ = "response_days"

    round_id: Mapped[int] = mapped_column(ForeignKey("survey_rounds.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


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
