"""Reading what prefectures and ministries say of applications, and whose word is still owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge, Official
from companion.applications.queries import (
    challenges_of,
    challenges_visible_to,
    find_challenge,
    find_official,
    officials_of,
    officials_visible_to,
)
from companion.applications.terms import ChallengeState, OfficialState
from companion.core.access import Permission, State, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.screening.models import Opinion

# Handed in and not taken back: what the screening is about, or was.
SHOWN_CHALLENGES = {
    ChallengeState.SUBMITTED,
    ChallengeState.ELIGIBLE,
    ChallengeState.INELIGIBLE,
    ChallengeState.SELECTED,
    ChallengeState.NOT_SELECTED,
}
SHOWN_OFFICIALS = {
    OfficialState.SUBMITTED,
    OfficialState.CONSENTED,
    OfficialState.ELIGIBLE,
    OfficialState.INELIGIBLE,
    OfficialState.ASSIGNED,
    OfficialState.NOT_ASSIGNED,
}

# The screening has not decided about them.
OPEN_CHALLENGES = {ChallengeState.SUBMITTED}
OPEN_OFFICIALS = {OfficialState.SUBMITTED, OfficialState.CONSENTED}


def state_of(subject: Challenge | Official) -> State:
    """Open while the screening has not decided about the application."""
    if isinstance(subject, Challenge):
        is_open = subject.state in OPEN_CHALLENGES
    else:
        is_open = subject.state in OPEN_OFFICIALS
    return State.OPEN if is_open else State.CLOSED


def opinions_on(subject: Challenge | Official) -> list[Opinion]:
    """What was said of an application, the newest version first."""
    is_challenge = isinstance(subject, Challenge)
    column = Opinion.challenge_id if is_challenge else Opinion.official_id
    return list(
        db.session.scalars(
            select(Opinion)
            .where(column == subject.id)
            .options(joinedload(Opinion.given_by))
            .order_by(Opinion.version.desc())
        )
    )


def opinions_on_challenges(period: Period) -> dict[int, Opinion]:
    """The word that counts of each prefecture, by challenge id."""
    rows = db.session.scalars(
        select(Opinion)
        .join(Challenge, Challenge.id == Opinion.challenge_id)
        .where(Challenge.period_id == period.id)
        .order_by(Opinion.version)
    )
    return {row.challenge_id: row for row in rows if row.challenge_id}


def opinions_on_officials(period: Period) -> dict[int, Opinion]:
    """The word that counts of each ministry, by official id."""
    rows = db.session.scalars(
        select(Opinion)
        .join(Official, Official.id == Opinion.official_id)
        .where(Official.period_id == period.id)
        .order_by(Opinion.version)
    )
    return {row.official_id: row for row in rows if row.official_id}


@dataclass(frozen=True)
class Asked:
    """An application somebody may say something of, and what was said."""

    subject: Challenge | Official
    opinion: Opinion | None

    @property
    def is_open(self) -> bool:
        """True while words are taken."""
        return state_of(self.subject) is State.OPEN

    @property
    def is_owed(self) -> bool:
        """True when words are taken and nobody has said any."""
        return self.is_open and self.opinion is None


def challenges_asked(period: Period, viewer: Viewer) -> list[Asked]:
    """The challenges of the viewer's prefecture, those that wait for its word first."""
    if not viewer.may(Permission.CHALLENGE_OPINION):
        return []
    said = opinions_on_challenges(period)
    rows = [row for row in challenges_of(period, viewer) if row.state in SHOWN_CHALLENGES]
    return _owed_first([Asked(row, said.get(row.id)) for row in rows])


def officials_asked(period: Period, viewer: Viewer) -> list[Asked]:
    """The applications of the viewer's ministry, those that wait for its word first."""
    if not viewer.may(Permission.OFFICIAL_OPINION):
        return []
    said = opinions_on_officials(period)
    rows = [row for row in officials_of(period, viewer) if row.state in SHOWN_OFFICIALS]
    return _owed_first([Asked(row, said.get(row.id)) for row in rows])


def count_challenges_owed(period: Period, viewer: Viewer) -> int:
    """How many challenges wait for the word of the viewer's prefecture."""
    if not viewer.may(Permission.CHALLENGE_OPINION):
        return 0
    said = exists().where(Opinion.challenge_id == Challenge.id)
    return _count(
        select(func.count(Challenge.id)).where(
            Challenge.period_id == period.id,
            challenges_visible_to(viewer),
            Challenge.state.in_(OPEN_CHALLENGES),
            ~said,
        )
    )


def count_officials_owed(period: Period, viewer: Viewer) -> int:
    """How many applications wait for the word of the viewer's ministry."""
    if not viewer.may(Permission.OFFICIAL_OPINION):
        return 0
    said = exists().where(Opinion.official_id == Official.id)
    return _count(
        select(func.count(Official.id)).where(
            Official.period_id == period.id,
            officials_visible_to(viewer),
            Official.state.in_(OPEN_OFFICIALS),
            ~said,
        )
    )


def _count(statement: Select[int]) -> int:
    return db.session.scalar(statement) or 0


def _owed_first(rows: Sequence[Asked]) -> list[Asked]:
    return sorted(rows, key=lambda row: not row.is_owed)


def challenge_asked(public_id: str, viewer: Viewer) -> Challenge | None:
    """One challenge of the viewer's prefecture; None when it is out of reach or taken back."""
    row = find_challenge(public_id, viewer)
    return row if row is not None and row.state in SHOWN_CHALLENGES else None


def official_asked(public_id: str, viewer: Viewer) -> Official | None:
    """One application of the viewer's ministry; None when it is out of reach or taken back."""
    row = find_official(public_id, viewer)
    return row if row is not None and row.state in SHOWN_OFFICIALS else None
