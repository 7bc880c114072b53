"""Reading the screening; only coordinators and the auditor come here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge, Official, OfficialPlace
from companion.applications.terms import ChallengeState, OfficialState, PlaceRelation
from companion.core.access import Permission, Viewer
from companion.core.clock import to_jst
from companion.core.db import db
from companion.periods.models import Period
from companion.screening.models import (
    ConflictOfInterest,
    ConsentChase,
    Criterion,
    Decision,
    Review,
)
from companion.screening.rules import Merit, level_of, merit_of

GONE_OFFICIALS = (OfficialState.DECLINED, OfficialState.INELIGIBLE)


def criteria_of(period: Period) -> list[Criterion]:
    """The criteria of a period in their order; none before somebody has set them up."""
    return list(
        db.session.scalars(
            select(Criterion).where(Criterion.period_id == period.id).order_by(Criterion.position)
        )
    )


def weights_of(period: Period) -> dict[int, int]:
    """Weight by criterion id."""
    return {row.id: row.weight for row in criteria_of(period)}


def reviews_of(challenge: Challenge) -> list[Review]:
    """The reviews of one challenge by the reviewers' names."""
    rows = db.session.scalars(
        select(Review)
        .where(Review.challenge_id == challenge.id)
        .options(joinedload(Review.reviewer))
    )
    return sorted(rows, key=lambda row: (row.reviewer.name, row.id))


@dataclass(frozen=True)
class Line:
    """A challenge on the list: its merit so far, and what this viewer gave (hundredths)."""

    challenge: Challenge
    merit: Merit
    own: int | None

    @property
    def is_over_limit(self) -> bool:
        """True when the population reaches the period's limit: a warning, never a refusal."""
        return self.challenge.population >= self.challenge.period.population_limit


def lines_of(period: Period, viewer: Viewer) -> list[Line]:
    """Every challenge that was not withdrawn, with its reviews summed up."""
    if not viewer.may(Permission.SCREENING_VIEW):
        return []
    weights = weights_of(period)
    levels: dict[int, list[int]] = defaultdict(list)
    own: dict[int, int] = {}
    for review in db.session.scalars(
        select(Review).join(Challenge).where(Challenge.period_id == period.id)
    ):
        level = level_of(review.scores, weights)
        levels[review.challenge_id].append(level)
        if review.reviewer_id == viewer.user_id:
            own[review.challenge_id] = level
    challenges = db.session.scalars(
        select(Challenge)
        .where(Challenge.period_id == period.id, Challenge.state != ChallengeState.WITHDRAWN)
        .options(joinedload(Challenge.municipality), joinedload(Challenge.period))
        .order_by(Challenge.lg_code)
    )
    return [Line(row, merit_of(levels[row.id]), own.get(row.id)) for row in challenges]


def decisions_on(subject: Challenge | Official) -> list[Decision]:
    """What was decided about an application, the newest first."""
    column = Decision.challenge_id if isinstance(subject, Challenge) else Decision.official_id
    return list(
        db.session.scalars(
            select(Decision)
            .where(column == subject.id)
            .options(joinedload(Decision.decided_by))
            .order_by(Decision.id.desc())
        )
    )


def officials_to_screen(period: Period, viewer: Viewer) -> list[Official]:
    """The officials who have not declined, by ministry and name."""
    if not viewer.may(Permission.SCREENING_VIEW):
        return []
    rows = db.session.scalars(
        select(Official)
        .where(Official.period_id == period.id, Official.state != OfficialState.DECLINED)
        .options(joinedload(Official.ministry))
    )
    return sorted(rows, key=lambda row: (row.ministry.position, row.kana, row.email))


@dataclass(frozen=True)
class MissingConsent:
    """An official whose superior has not agreed yet, and how often that was chased."""

    official: Official
    chases: int
    last_on: dt.date | None


def missing_consents(period: Period, viewer: Viewer) -> list[MissingConsent]:
    """Whose consent is missing: those never chased first, then the longest ago."""
    if not viewer.may(Permission.SCREENING_VIEW):
        return []
    counted = {
        row[0]: (row[1], to_jst(row[2]).date())
        for row in db.session.execute(
            select(
                ConsentChase.official_id,
                func.count(),
                # The type decorator does not reach through max() on SQLite without this.
                func.max(ConsentChase.chased_at, type_=ConsentChase.chased_at.type),
            ).group_by(ConsentChase.official_id)
        )
    }
    rows = db.session.scalars(
        select(Official)
        .where(
            Official.period_id == period.id,
            Official.has_consent.is_(False),
            Official.state.not_in(GONE_OFFICIALS),
        )
        .options(joinedload(Official.ministry))
        .order_by(Official.email)
    )
    found = [MissingConsent(row, *counted.get(row.id, (0, None))) for row in rows]
    return sorted(found, key=lambda row: (row.last_on or dt.date.min, row.official.kana))


@dataclass(frozen=True)
class Conflicted:
    """An official with something to look at: what was stated, and what the screening found."""

    official: Official
    stated: list[OfficialPlace]
    found: list[ConflictOfInterest]

    @property
    def is_unclear(self) -> bool:
        """True when words were stated that name no place: the matcher cannot compare words."""
        named = any(row.lg_code or row.prefecture_code or row.region for row in self.stated)
        has_words = bool(self.official.conflict_note) or any(row.words for row in self.stated)
        return has_words and not named and not self.found


def conflicts(period: Period, viewer: Viewer) -> list[Conflicted]:
    """Officials with a conflict of interest, stated or found; the unclear ones first."""
    if not viewer.may(Permission.SCREENING_VIEW):
        return []
    found: dict[int, list[ConflictOfInterest]] = defaultdict(list)
    for row in standing_conflicts(period):
        found[row.official_id].append(row)
    officials = db.session.scalars(
        select(Official)
        .where(Official.period_id == period.id, Official.state.not_in(GONE_OFFICIALS))
        .options(
            joinedload(Official.ministry),
            selectinload(Official.places).joinedload(OfficialPlace.municipality),
        )
        .order_by(Official.email)
    )
    everything = [
        Conflicted(
            official,
            [row for row in official.places if row.relation is PlaceRelation.CONFLICT],
            found[official.id],
        )
        for official in officials
    ]
    kept = [row for row in everything if row.stated or row.found or row.official.conflict_note]
    return sorted(kept, key=lambda row: (not row.is_unclear, row.official.kana))


def standing_conflicts(period: Period) -> Sequence[ConflictOfInterest]:
    """The conflicts found at screening that have not been lifted; the matcher obeys them."""
    return db.session.scalars(
        select(ConflictOfInterest)
        .join(Official)
        .where(Official.period_id == period.id, ConflictOfInterest.lifted_at.is_(None))
        .options(joinedload(ConflictOfInterest.municipality))
        .order_by(ConflictOfInterest.id)
    ).all()


def find_conflict(public_id: str) -> ConflictOfInterest | None:
    """One conflict that still stands."""
    return db.session.scalar(
        select(ConflictOfInterest).where(
            ConflictOfInterest.public_id == public_id, ConflictOfInterest.lifted_at.is_(None)
        )
    )
