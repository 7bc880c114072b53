"""Challenges of municipalities and applications of officials."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.applications.terms import (
    ChallengeState,
    ImportKind,
    ImportState,
    OfficialState,
    PlaceRelation,
    PopulationBasis,
    RankClass,
)
from companion.core.db import Base, PublicId, UtcDateTime, Versioned, Word
from companion.people.models import Ministry
from companion.periods.models import Period, PolicyField
from companion.places.models import Municipality


class Challenge(PublicId, Versioned, Base):
    """What one municipality brings into one period (課題・応募票)."""

    __tablename__ = "challenges"
    __table_args__ = (
        UniqueConstraint("period_id", "lg_code"),
        CheckConstraint("population >= 0", name="population_not_negative"),
        CheckConstraint("remoteness BETWEEN 0 AND 3", name="remoteness"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    lg_code: Mapped[str] = mapped_column(ForeignKey("municipalities.lg_code"), index=True)
    state: Mapped[ChallengeState] = mapped_column(
        Word(ChallengeState, 20), default=ChallengeState.SUBMITTED
    )
    population: Mapped[int]
    population_basis: Mapped[PopulationBasis] = mapped_column(Word(PopulationBasis, 10))
    population_on: Mapped[dt.date]
    division: Mapped[str] = mapped_column(String(100))
    contact_name: Mapped[str] = mapped_column(String(100))
    contact_phone: Mapped[str] = mapped_column(String(40))
    contact_email: Mapped[str] = mapped_column(String(254))
    title: Mapped[str] = mapped_column(String(200))
    present_state: Mapped[str] = mapped_column(Text)
    efforts: Mapped[str] = mapped_column(Text, default="")
    wished_support: Mapped[str] = mapped_column(Text)
    wished_officials: Mapped[str] = mapped_column(Text, default="")
    may_publish: Mapped[bool | None]
    applied_on: Mapped[dt.date | None]
    merit: Mapped[int] = mapped_column(default=0)  # hundredths of a point, from screening
    # How far away: 0 near to 3 islands; the matcher compares it with the days of travel offered.
    remoteness: Mapped[int] = mapped_column(default=0, server_default="0")

    period: Mapped[Period] = relationship()
    municipality: Mapped[Municipality] = relationship()
    fields: Mapped[list[ChallengeField]] = relationship(
        back_populates="challenge",
        cascade="all, delete-orphan",
        order_by="ChallengeField.position",
    )

    @property
    def main_field(self) -> PolicyField:
        """The policy field named as the main one."""
        return self.fields[0].field


class ChallengeField(Base):
    """A policy field of a challenge; position 0 is the main one."""

    __tablename__ = "challenge_fields"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), primary_key=True)
    field_code: Mapped[str] = mapped_column(ForeignKey("policy_fields.code"), primary_key=True)
    position: Mapped[int]

    challenge: Mapped[Challenge] = relationship(back_populates="fields")
    field: Mapped[PolicyField] = relationship()


class Official(PublicId, Versioned, Base):
    """An official's application in one period (応募職員); the e-mail tells who it is."""

    __tablename__ = "officials"
    __table_args__ = (
        UniqueConstraint("period_id", "email"),
        CheckConstraint("share_percent BETWEEN 10 AND 20", name="share_of_working_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    state: Mapped[OfficialState] = mapped_column(
        Word(OfficialState, 20), default=OfficialState.SUBMITTED
    )
    name: Mapped[str] = mapped_column(String(100))
    kana: Mapped[str] = mapped_column(String(100), default="")
    ministry_code: Mapped[str] = mapped_column(ForeignKey("ministries.code"), index=True)
    division: Mapped[str] = mapped_column(String(100))
    post: Mapped[str] = mapped_column(String(100))
    rank_class: Mapped[RankClass] = mapped_column(Word(RankClass, 20))
    experience_years: Mapped[int | None]
    share_percent: Mapped[int]
    has_consent: Mapped[bool] = mapped_column(default=False)
    is_anywhere: Mapped[bool] = mapped_column(default=False)
    can_lead: Mapped[bool] = mapped_column(default=False)
    can_record: Mapped[bool] = mapped_column(default=False)
    travel_days: Mapped[int | None]
    conflict_note: Mapped[str] = mapped_column(Text, default="")
    applied_on: Mapped[dt.date | None]

    period: Mapped[Period] = relationship()
    ministry: Mapped[Ministry] = relationship()
    fields: Mapped[list[OfficialField]] = relationship(
        back_populates="official", cascade="all, delete-orphan", order_by="OfficialField.position"
    )
    places: Mapped[list[OfficialPlace]] = relationship(
        back_populates="official",
        cascade="all, delete-orphan",
        order_by="[OfficialPlace.relation, OfficialPlace.position]",
    )


class OfficialField(Base):
    """A policy field an official is strong in, level 1 to 3 (the first named is 3)."""

    __tablename__ = "official_fields"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    field_code: Mapped[str] = mapped_column(ForeignKey("policy_fields.code"), primary_key=True)
    position: Mapped[int]
    level: Mapped[int]

    official: Mapped[Official] = relationship(back_populates="fields")
    field: Mapped[PolicyField] = relationship()


class OfficialPlace(Base):
    """A place an official wishes, comes from, was seconded to, or cannot or may not serve.

    A municipality, a prefecture, a region, or free words (「離島」) names the place; a secondment
    keeps its years in `words`.
    """

    __tablename__ = "official_places"
    __table_args__ = (
        CheckConstraint(
            "lg_code IS NOT NULL OR prefecture_code IS NOT NULL OR region IS NOT NULL"
            " OR words <> ''",
            name="place_given",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    relation: Mapped[PlaceRelation] = mapped_column(Word(PlaceRelation, 12))
    position: Mapped[int] = mapped_column(default=0)
    lg_code: Mapped[str | None] = mapped_column(ForeignKey("municipalities.lg_code"))
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(200), default="")

    official: Mapped[Official] = relationship(back_populates="places")
    municipality: Mapped[Municipality | None] = relationship()


class Import(PublicId, Base):
    """An uploaded list: kept as it came, carried out once a person has seen the preview."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(Word(ImportKind, 12))
    state: Mapped[ImportState] = mapped_column(Word(ImportState, 12), default=ImportState.STAGED)
    filename: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    # What the preview showed: differs from a new plan when the records have changed since.
    fingerprint: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    period: Mapped[Period] = relationship()
