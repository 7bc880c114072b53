"""Reading memos: a team's own officials do, and a coordinator while the team's are opened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.applications.models import Challenge
from companion.core import clock
from companion.core.access import Permission, State, Viewer
from companion.core.db import db
from companion.memos.models import MemoEntry, MemoOpening, MemoVersion
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import reach, with_people
from companion.teams.terms import ANNOUNCED


def _within(viewer: Viewer) -> ColumnElement[bool]:
    """The teams whose memos a viewer reads; `@opened`: this viewer has opened them just now."""
    if viewer.grant(Permission.MEMO_VIEW).when is not State.OPENED:
        return reach(viewer, Permission.MEMO_VIEW)
    return Team.state.in_(ANNOUNCED) & exists().where(
        MemoOpening.team_id == Team.id,
        MemoOpening.user_id == viewer.user_id,
        MemoOpening.until > clock.now(),
    )


def find_memo_team(public_id: str, viewer: Viewer) -> Team | None:
    """The team whose memos a viewer reads, or None when they are out of reach."""
    found = select(Team).where(Team.public_id == public_id, _within(viewer))
    return db.session.scalar(with_people(found))


def _entries() -> Select[MemoEntry]:
    return select(MemoEntry).options(
        joinedload(MemoEntry.written_by),
        joinedload(MemoEntry.changed_by),
        selectinload(MemoEntry.earlier).joinedload(MemoVersion.by),
    )


def entries_of(team: Team, *, offset: int = 0, limit: int = 50) -> tuple[list[MemoEntry], int]:
    """One page of a team's entries, newest first; and how many there are."""
    rows = _entries().where(MemoEntry.team_id == team.id).order_by(MemoEntry.id.desc())
    return list(db.session.scalars(rows.offset(offset).limit(limit))), count_of(team)


def count_of(team: Team) -> int:
    """How many entries a team has."""
    count = select(func.count()).select_from(MemoEntry).where(MemoEntry.team_id == team.id)
    return db.session.scalar(count) or 0


def find_entry(public_id: str, viewer: Viewer) -> MemoEntry | None:
    """One entry with its earlier versions, or None when it is out of reach."""
    found = _entries().join(MemoEntry.team).where(MemoEntry.public_id == public_id)
    team = joinedload(MemoEntry.team)
    return db.session.scalar(
        found.where(_within(viewer)).options(
            team.joinedload(Team.period),
            team.joinedload(Team.challenge).joinedload(Challenge.municipality),
        )
    )


def openings_of(team: Team) -> list[MemoOpening]:
    """Who has opened a team's memos, when and why, the newest first."""
    rows = (
        select(MemoOpening)
        .where(MemoOpening.team_id == team.id)
        .options(joinedload(MemoOpening.user))
        .order_by(MemoOpening.id.desc())
    )
    return list(db.session.scalars(rows))


@dataclass(frozen=True)
class MemoLine:
    """That a team has memos: how many entries, and when they were last changed; no words."""

    team: Team
    entries: int
    changed_at: dt.datetime


def memo_lines(period: Period, viewer: Viewer) -> list[MemoLine]:
    """The teams of a period that have memos, by number."""
    town = joinedload(Team.challenge).joinedload(Challenge.municipality)
    sums = (
        select(
            MemoEntry.team_id, func.count().label("n"), func.max(MemoEntry.changed_at).label("t")
        )
        .group_by(MemoEntry.team_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Team, sums.c.n, sums.c.t)
        .join(sums, sums.c.team_id == Team.id)
        .where(Team.period_id == period.id, reach(viewer, Permission.MEMO_OVERVIEW))
        .options(town)
        .order_by(Team.number)
    )
    return [MemoLine(*row) for row in rows]


def openings_in(period: Period, viewer: Viewer) -> list[MemoOpening]:
    """Every opening in a period, the newest first."""
    team = joinedload(MemoOpening.team)
    rows = (
        select(MemoOpening)
        .join(MemoOpening.team)
        .where(Team.period_id == period.id, reach(viewer, Permission.MEMO_OVERVIEW))
        .options(
            joinedload(MemoOpening.user),
            team.joinedload(Team.challenge).joinedload(Challenge.municipality),
        )
        .order_by(MemoOpening.id.desc())
    )
    return list(db.session.scalars(rows))
