"""Long lists of teams: narrowed and ordered by the database, read one page at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from sqlalchemy import ColumnElement, Exists, Select, and_, case, exists, func, select, true

from companion.applications.models import Challenge, ChallengeField, Official
from companion.core.access import Viewer
from companion.core.clock import to_jst
from companion.core.db import db
from companion.people.models import Ministry
from companion.periods.models import Period, PolicyField
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_serving_today, visible_to, with_people
from companion.teams.terms import TeamState


@dataclass(frozen=True)
class Narrowing:
    """What a list of teams is narrowed to; empty means everything."""

    field: str = ""
    prefecture: str = ""
    ministry: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """From what an address says."""
        return cls(**{one.name: given.get(one.name, "")[:20] for one in fields(cls)})

    @property
    def given(self) -> dict[str, str]:
        """What narrows, as it stands in the address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def condition(self) -> ColumnElement[bool]:
        """The teams that are kept."""
        found: list[Exists] = []
        if self.field:
            found.append(
                exists().where(
                    ChallengeField.challenge_id == Team.challenge_id,
                    ChallengeField.field_code == self.field,
                )
            )
        if self.prefecture:
            found.append(
                exists().where(
                    Challenge.id == Team.challenge_id,
                    Municipality.lg_code == Challenge.lg_code,
                    Municipality.prefecture_code == self.prefecture,
                )
            )
        if self.ministry:
            found.append(
                exists().where(
                    TeamMember.team_id == Team.id,
                    is_serving_today(),
                    Official.id == TeamMember.official_id,
                    Official.ministry_code == self.ministry,
                )
            )
        # Lists that read the same tables themselves are not meant here.
        return and_(true(), *(one.correlate(Team) for one in found))


@dataclass(frozen=True)
class StateNarrowing(Narrowing):
    """The same, and by where a team stands."""

    state: str = ""

    @property
    def condition(self) -> ColumnElement[bool]:
        """The teams that are kept; a state that is none keeps nothing."""
        if not self.state:
            return super().condition
        return super().condition & Team.state.in_([one for one in TeamState if one == self.state])


def options_of(period: Period, viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What the teams of a period can be narrowed to: only what one that the viewer knows has."""
    known = select(Team.id).where(Team.period_id == period.id, visible_to(viewer)).correlate(None)
    of_period = Team.id.in_(known)
    policies = db.session.execute(
        select(PolicyField.code, PolicyField.digit, PolicyField.label)
        .where(
            PolicyField.code.in_(
                select(ChallengeField.field_code)
                .join(Team, Team.challenge_id == ChallengeField.challenge_id)
                .where(of_period)
            )
        )
        .order_by(PolicyField.position)
    )
    towns = db.session.scalars(
        select(Municipality.prefecture_code)
        .join(Challenge, Challenge.lg_code == Municipality.lg_code)
        .join(Team, Team.challenge_id == Challenge.id)
        .where(of_period)
        .distinct()
        .order_by(Municipality.prefecture_code)
    )
    ministries = db.session.execute(
        select(Ministry.code, Ministry.name)
        .where(
            Ministry.code.in_(
                select(Official.ministry_code)
                .join(TeamMember, TeamMember.official_id == Official.id)
                .join(Team, Team.id == TeamMember.team_id)
                .where(of_period, is_serving_today())
            )
        )
        .order_by(Ministry.position)
    )
    return {
        "field": [(code, digit + label) for code, digit, label in policies],
        "prefecture": [(code, PREFECTURE_NAMES[code]) for code in towns],
        "ministry": [(code, name) for code, name in ministries],
    }


@dataclass(frozen=True)
class TeamPage:
    """One page of a list of teams, each with its last contact; how many there are, and in all."""

    rows: Sequence[tuple[Team, dt.date | None]]
    page: int
    pages: int
    count: int
    states: Mapping[TeamState, int]  # of all teams the viewer knows

    @property
    def total(self) -> int:
        """All teams the viewer knows."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Those of them that are not announced yet."""
        return sum(count for state, count in self.states.items() if not state.is_announced)

    @property
    def state_options(self) -> list[tuple[str, str]]:
        """The states that some team stands in, for a select."""
        return [(state.value, state.label) for state in TeamState if state in self.states]


def page_of_teams(
    period: Period,
    viewer: Viewer,
    wanted: Narrowing,
    last: ColumnElement[Any],
    *,
    sort: str = "number",
    page: int = 1,
    size: int = 100,
) -> TeamPage:
    """One page (behind the last, the last) of the teams the viewer may know of.

    `last` tells of a team when it was last in touch; `-…` sorts descending.
    """
    within = and_(Team.period_id == period.id, visible_to(viewer))
    kept = func.sum(case((wanted.condition, 1), else_=0))
    counted = db.session.execute(
        select(Team.state, func.count(), kept).where(within).group_by(Team.state)
    ).all()
    count = sum(row[2] for row in counted)
    pages = -(-count // size) or 1
    page = min(page, pages)
    key = _key(sort.removeprefix("-"), last)
    rows = (
        with_people(select(Team, last))
        .where(within, wanted.condition)
        .order_by(key.desc() if sort.startswith("-") else key, Team.number)
        .offset((page - 1) * size)
        .limit(size)
    )
    found = [
        (team, to_jst(moment).date() if moment else None)
        for team, moment in db.session.execute(rows).unique()
    ]
    return TeamPage(found, page, pages, count, {row[0]: row[1] for row in counted})


def _key(sort: str, last: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a sorting orders by; the number of the team follows."""
    challenge = Challenge.id == Team.challenge_id
    match sort:
        case "prefecture":
            town = Municipality.lg_code == Challenge.lg_code
            return _of_team(select(Municipality.prefecture_code).where(challenge, town))
        case "field":
            main = and_(
                ChallengeField.challenge_id == Team.challenge_id, ChallengeField.position == 0
            )
            named = PolicyField.code == ChallengeField.field_code
            return _of_team(select(PolicyField.position).where(main, named))
        case "state":
            return case(*((Team.state == state, n) for n, state in enumerate(TeamState)))
        case "score":
            return func.coalesce(Team.score, 0)
        case "last":
            return func.coalesce(last, dt.datetime.min.replace(tzinfo=dt.UTC))
        case _:
            return Team.number.expression


def _of_team(statement: Select[Any]) -> ColumnElement[Any]:
    return statement.correlate(Team).scalar_subquery()
