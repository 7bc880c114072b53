"""Reading teams; every list takes the viewer."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql import Select

from companion.applications.models import Challenge, ChallengeField, Official
from companion.core import clock
from companion.core.access import Permission, Scope, State, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED

Rows = TypeVar("Rows", bound=Select[Any])


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Which teams a viewer may know of."""
    return reach(viewer, Permission.TEAM_LIST)


def is_serving_today() -> ColumnElement[bool]:
    """Appointments that run today; the last day belongs to them."""
    return TeamMember.ended_on.is_(None) | (TeamMember.ended_on >= clock.today())


def is_member(viewer: Viewer) -> ColumnElement[bool]:
    """Teams in which the viewer serves as an official today, or did when the term ended."""
    serving = is_serving_today()
    if viewer.term_ended_on is not None:
        serving = TeamMember.ended_on.is_(None) | (TeamMember.ended_on >= viewer.term_ended_on)
    return exists().where(
        TeamMember.team_id == Team.id,
        serving,
        TeamMember.official_id == Official.id,
        Official.email == viewer.email,
    )


def _serves_somewhere(viewer: Viewer) -> ColumnElement[bool]:
    own = aliased(Team)
    return exists().where(
        own.id == TeamMember.team_id,
        own.state.in_(ANNOUNCED),
        is_serving_today(),
        TeamMember.official_id == Official.id,
        Official.email == viewer.email,
    )


def reach(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """The teams that a permission reaches for a viewer, as the table of rights says."""
    held, own_challenge = viewer.grant(permission), Challenge.id == Team.challenge_id
    match held.scope:
        case Scope.ALL:
            within: ColumnElement[bool] = true()
        case Scope.TEAM:
            within = is_member(viewer)
        case Scope.PEERS:
            within = _serves_somewhere(viewer)
        case Scope.PLACE:
            within = exists().where(own_challenge, Challenge.lg_code == viewer.lg_code)
        case Scope.PREFECTURE:
            within = exists().where(
                own_challenge,
                Challenge.lg_code == Municipality.lg_code,
                Municipality.prefecture_code == viewer.prefecture_code,
            )
        case _:
            return false()
    return within & Team.state.in_(ANNOUNCED) if held.when is State.ANNOUNCED else within


def own_to(viewer: Viewer) -> ColumnElement[bool]:
    """Teams whose records a viewer reads: own team, own municipality, own prefecture."""
    return reach(viewer, Permission.ACTIVITY_LIST)


def with_people(statement: Rows) -> Rows:
    """Load what a list of teams shows in a fixed number of queries."""
    return statement.options(
        joinedload(Team.period),
        joinedload(Team.challenge).joinedload(Challenge.municipality),
        joinedload(Team.challenge).selectinload(Challenge.fields).joinedload(ChallengeField.field),
        selectinload(Team.members).joinedload(TeamMember.official).joinedload(Official.ministry),
    )


def teams_of(
    period: Period, viewer: Viewer, permission: Permission = Permission.TEAM_LIST
) -> list[Team]:
    """The teams of a period that the viewer may know of (or that a permission reaches)."""
    statement = select(Team).where(Team.period_id == period.id, reach(viewer, permission))
    return list(db.session.scalars(with_people(statement).order_by(Team.number)))


def own_teams(period: Period, viewer: Viewer) -> list[Team]:
    """The teams of a period whose records the viewer reads, by number."""
    statement = select(Team).where(Team.period_id == period.id, own_to(viewer))
    return list(db.session.scalars(with_people(statement).order_by(Team.number)))


def own_officials(period: Period, viewer: Viewer) -> list[TeamMember]:
    """Who of the viewer's ministry serves today in an announced team, by team and position."""
    if viewer.grant(Permission.ROSTER_EXPORT).scope is not Scope.MINISTRY:
        return []
    challenge = joinedload(TeamMember.team).joinedload(Team.challenge)
    rows = db.session.scalars(
        select(TeamMember)
        .join(TeamMember.team)
        .join(TeamMember.official)
        .where(
            Team.period_id == period.id,
            Team.state.in_(ANNOUNCED),
            is_serving_today(),
            Official.ministry_code == viewer.ministry_code,
        )
        .options(
            joinedload(TeamMember.official),
            challenge.joinedload(Challenge.municipality),
            challenge.selectinload(Challenge.fields).joinedload(ChallengeField.field),
        )
        .order_by(Team.number, TeamMember.position)
    )
    return list(rows)


def find_team(public_id: str, viewer: Viewer) -> Team | None:
    """One team, or None when it is out of reach or does not exist."""
    statement = select(Team).where(Team.public_id == public_id, visible_to(viewer))
    return db.session.scalar(with_people(statement))


def is_own(team: Team, viewer: Viewer) -> bool:
    """True when the viewer reads this team's records."""
    return db.session.scalar(select(Team.id).where(Team.id == team.id, own_to(viewer))) is not None


def may_see_contacts(team: Team, viewer: Viewer) -> bool:
    """True when mail and telephone of this team's people may be shown.

    Prefecture (municipal contact only) and ministry (own officials only) are decided person by
    person with the functions below.
    """
    scope = viewer.grant(Permission.CONTACT_VIEW).scope
    return scope in {Scope.ALL, Scope.TEAM, Scope.PLACE} and _has_contacts(team, viewer)


def _has_contacts(team: Team, viewer: Viewer) -> bool:
    within = reach(viewer, Permission.CONTACT_VIEW)
    return db.session.scalar(select(Team.id).where(Team.id == team.id, within)) is not None


def may_see_municipal_contact(team: Team, viewer: Viewer) -> bool:
    """True when the contact of the municipality may be shown."""
    return _has_contacts(team, viewer)


def may_see_official_contact(team: Team, official: Official, viewer: Viewer) -> bool:
    """True when an official's mail may be shown."""
    return may_see_contacts(team, viewer) or (
        viewer.grant(Permission.CONTACT_VIEW).scope is Scope.MINISTRY
        and official.ministry_code == viewer.ministry_code
    )
