"""Reading articles: published ones by everybody, the others by their team, municipality, staff."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.applications.models import Challenge
from companion.cases.models import Case, CaseStep
from companion.cases.terms import CaseState, Section
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.teams.models import Team, TeamMember
from companion.teams.queries import reach


def _cases() -> Select[Case]:
    """With the joins by which lists are narrowed, and everything an article shows."""
    team = joinedload(Case.team)
    return (
        select(Case)
        .join(Team, Team.id == Case.team_id)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Municipality, Municipality.lg_code == Challenge.lg_code)
        .join(Period, Period.id == Team.period_id)
        .options(
            joinedload(Case.field),
            team.joinedload(Team.period),
            team.joinedload(Team.challenge).joinedload(Challenge.municipality),
            team.selectinload(Team.members).joinedload(TeamMember.official),
        )
    )


def _within(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    # A query of its own: whose teams they are is asked of the joined tables again.
    return Case.team_id.in_(select(Team.id).where(reach(viewer, permission)))


def _published(viewer: Viewer) -> ColumnElement[bool]:
    return _within(viewer, Permission.CASE_PUBLISHED) & (Case.state == CaseState.PUBLISHED)


def _says(words: str) -> Iterator[ColumnElement[bool]]:
    """Each word, set apart by blanks, stands somewhere in the article."""
    texts = [Case.title, Municipality.name, *(getattr(Case, part.value) for part in Section)]
    for word in words.split():
        yield or_(*(text.icontains(word, autoescape=True) for text in texts))


def published_cases(
    period: Period,
    viewer: Viewer,
    *,
    words: str = "",
    field: str = "",
    prefecture: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Case], int]:
    """One page of what is published of this period and those before; and how many in all."""
    found = _cases().where(
        Period.fiscal_year <= period.fiscal_year, _published(viewer), *_says(words)
    )
    if field:
        found = found.where(Case.field_code == field)
    if prefecture:
        found = found.where(Municipality.prefecture_code == prefecture)
    count = db.session.scalar(
        found.with_only_columns(func.count(Case.id), maintain_column_froms=True)
    )
    rows = found.order_by(Period.fiscal_year.desc(), Case.published_at.desc(), Case.id.desc())
    return list(db.session.scalars(rows.offset(offset).limit(limit))), count or 0


def find_article(public_id: str, viewer: Viewer) -> Case | None:
    """A published article, or None when it is out of reach."""
    found = _cases().where(Case.public_id == public_id, _published(viewer))
    return db.session.scalar(found)


def find_case(public_id: str, viewer: Viewer) -> Case | None:
    """One article in any state with its steps, or None when it is out of reach."""
    steps = selectinload(Case.steps).joinedload(CaseStep.by)
    found = _cases().where(Case.public_id == public_id, _within(viewer, Permission.CASE_VIEW))
    return db.session.scalar(found.options(steps))


def cases_of(
    period: Period,
    viewer: Viewer,
    *,
    team: Team | None = None,
    state: CaseState | None = None,
    limit: int = 500,
) -> list[Case]:
    """The articles of a period in any state that a viewer works with, by team."""
    found = _cases().where(Team.period_id == period.id, _within(viewer, Permission.CASE_VIEW))
    if team is not None:
        found = found.where(Case.team_id == team.id)
    if state is not None:
        found = found.where(Case.state == state)
    return list(db.session.scalars(found.order_by(Team.number, Case.id).limit(limit)))


def cases_in(teams: Sequence[Team], states: Collection[CaseState], viewer: Viewer) -> list[Case]:
    """The articles of these teams that stand in one of these states, with their steps."""
    if not teams or not states:
        return []
    found = _cases().where(
        Case.team_id.in_([team.id for team in teams]),
        Case.state.in_(states),
        _within(viewer, Permission.CASE_VIEW),
    )
    return list(db.session.scalars(found.options(selectinload(Case.steps)).order_by(Case.id)))
