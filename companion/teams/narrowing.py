"""Narrowing long lists of teams in the database: by policy field, prefecture and ministry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, and_, exists, select, true

from companion.applications.models import Challenge, ChallengeField, Official
from companion.core.db import db
from companion.people.models import Ministry
from companion.periods.models import Period, PolicyField
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_serving_today


@dataclass(frozen=True)
class Narrowing:
    """What a list of teams is narrowed to; empty means everything."""

    field: str = ""
    prefecture: str = ""
    ministry: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Narrowing:
        """From what an address says."""
        return cls(**{name: given.get(name, "")[:20] for name in cls.__annotations__})

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


def options_of(period: Period) -> dict[str, list[tuple[str, str]]]:
    """What a period's teams can be narrowed to: only what some team has."""
    of_period = Team.period_id == period.id
    fields = db.session.execute(
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
        "field": [(code, digit + label) for code, digit, label in fields],
        "prefecture": [(code, PREFECTURE_NAMES[code]) for code in towns],
        "ministry": [(code, name) for code, name in ministries],
    }
