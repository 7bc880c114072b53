"""Finding what teams have shared; a viewer reads it as far as the right reaches.

Logs of what took place and answered inquiries whose team chose 「すべてのチームの支援官」; nothing
else of those teams, and never who attended, how long, or the files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.sql import Select

from companion.activities.models import Activity
from companion.activities.terms import TOOK_PLACE
from companion.applications.models import Challenge
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryState
from companion.periods.models import Period, PolicyField
from companion.sharing.terms import Source
from companion.teams.models import Team
from companion.teams.queries import reach
from companion.teams.terms import Visibility


@dataclass(frozen=True)
class Found:
    """One line of the list: a log or an inquiry, with what its line says."""

    source: Source
    day: dt.date  # of the meeting or of the answer
    row: Activity | Inquiry

    @property
    def title(self) -> str:
        """Its theme or subject."""
        return self.row.title if isinstance(self.row, Activity) else self.row.subject

    @property
    def words(self) -> str:
        """What it says in short: advice and decisions of a log, the answer of an inquiry."""
        if isinstance(self.row, Activity):
            return self.row.advice or self.row.decisions or self.row.present_state
        return self.row.answer


LOG_TEXTS = (
    *(Activity.title, Activity.agenda, Activity.present_state, Activity.advice),
    *(Activity.decisions, Activity.until_next, Activity.office_change),
)
INQUIRY_TEXTS = (Inquiry.subject, Inquiry.background, Inquiry.question, Inquiry.answer)
ANSWERED = (InquiryState.ANSWERED, InquiryState.CLOSED)


def _shared_log(viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        reach(viewer, Permission.SHARED_VIEW),
        Activity.visibility == Visibility.ALL_TEAMS,
        Activity.state.in_(TOOK_PLACE),
    )


def _shared_inquiry(viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        reach(viewer, Permission.SHARED_VIEW),
        Inquiry.visibility == Visibility.ALL_TEAMS,
        Inquiry.state.in_(ANSWERED),
    )


def _says(texts: Sequence[InstrumentedAttribute[str]], words: str) -> Iterator[ColumnElement[bool]]:
    """Each word stands somewhere in the texts."""
    for word in words.split():
        yield or_(*(text.icontains(word, autoescape=True) for text in texts))


def _logs(period: Period, viewer: Viewer, words: str, field: str) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(literal("log").label("source"), Activity.id, Activity.held_start.label("at"))
        .join(Activity.team)
        .where(Team.period_id == period.id, _shared_log(viewer), *_says(LOG_TEXTS, words))
    )
    if field:
        found = found.where(Activity.fields.any(PolicyField.code == field))
    return found


def _inquiries(period: Period, viewer: Viewer, words: str, field: str) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(literal("inquiry").label("source"), Inquiry.id, Inquiry.answered_at.label("at"))
        .join(Inquiry.team)
        .where(Team.period_id == period.id, _shared_inquiry(viewer), *_says(INQUIRY_TEXTS, words))
    )
    return found.where(Inquiry.field_code == field) if field else found


def shared_in(
    period: Period,
    viewer: Viewer,
    *,
    words: str = "",
    field: str = "",
    source: Source | None = None,
    but: Sequence[Team] = (),
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Found], int]:
    """One page of what the teams of a period share, newest first; and how many there are in all.

    `words` are separated by blanks, and each must be said somewhere; `but`: not of these teams.
    """
    parts = []
    if source is not Source.INQUIRY:
        parts.append(_logs(period, viewer, words, field))
    if source is not Source.LOG:
        parts.append(_inquiries(period, viewer, words, field))
    others = Team.id.not_in([team.id for team in but])
    every = union_all(*(part.where(others) for part in parts)).subquery()
    count = db.session.scalar(select(func.count()).select_from(every)) or 0
    page = db.session.execute(
        select(every.c.source, every.c.id, every.c.at)
        .order_by(every.c.at.desc(), every.c.source, every.c.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    ids = {kind: [row.id for row in page if row.source == kind] for kind in Source}
    rows: dict[tuple[str, int], Activity | Inquiry] = {}
    for log in db.session.scalars(_whole_logs().where(Activity.id.in_(ids[Source.LOG]))):
        rows[Source.LOG, log.id] = log
    for asked in db.session.scalars(_whole_inquiries().where(Inquiry.id.in_(ids[Source.INQUIRY]))):
        rows[Source.INQUIRY, asked.id] = asked
    return [
        Found(Source(row.source), clock.to_jst(row.at).date(), rows[row.source, row.id])
        for row in page
    ], count


def _whole_logs() -> Select[Activity]:
    return select(Activity).options(
        joinedload(Activity.team).joinedload(Team.challenge).joinedload(Challenge.municipality),
        joinedload(Activity.team).joinedload(Team.period),
        selectinload(Activity.fields),
        selectinload(Activity.pillars),
    )


def _whole_inquiries() -> Select[Inquiry]:
    return select(Inquiry).options(
        joinedload(Inquiry.team).joinedload(Team.challenge).joinedload(Challenge.municipality),
        joinedload(Inquiry.team).joinedload(Team.period),
        joinedload(Inquiry.field),
        joinedload(Inquiry.ministry),
    )


def find_shared_log(public_id: str, viewer: Viewer) -> Activity | None:
    """A log that its team shares, or None when it is out of reach."""
    found = _whole_logs().join(Activity.team).where(Activity.public_id == public_id)
    return db.session.scalar(found.where(_shared_log(viewer)))


def find_shared_inquiry(public_id: str, viewer: Viewer) -> Inquiry | None:
    """An answered inquiry that its team shares, or None when it is out of reach."""
    found = _whole_inquiries().join(Inquiry.team).where(Inquiry.public_id == public_id)
    return db.session.scalar(found.where(_shared_inquiry(viewer)))
