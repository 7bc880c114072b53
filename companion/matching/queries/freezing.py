"""The copy of the data a run works on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge, Official, OfficialPlace
from companion.applications.terms import ChallengeState, OfficialState, PlaceRelation
from companion.core.db import db
from companion.matching import problem as asked
from companion.matching.models import (
    MatchSettings,
)
from companion.matching.plain import applicants, rules_from, weights_from
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.places.prefectures import REGION_OF
from companion.screening.queries import standing_conflicts
from companion.screening.terms import ISLAND
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED

# 北海道 had the most places of the first period, six; the seventh of a prefecture costs points.
START_RULES = {"prefecture_soft_cap": 6}


OUT_OF_CHALLENGES = {ChallengeState.INELIGIBLE, ChallengeState.WITHDRAWN}


OUT_OF_OFFICIALS = {OfficialState.INELIGIBLE, OfficialState.DECLINED}


@dataclass(frozen=True)
class Names:
    """What keys are called on screen, by kind of key.

    `ids` are the officials' public ids, `titles` what each challenge is about, `over_limit` the
    challenges whose population reaches the period's limit.
    """

    challenges: dict[str, str]
    officials: dict[str, str]
    fields: dict[str, str]
    ministries: dict[str, str]
    ids: dict[str, str]
    titles: dict[str, str]
    over_limit: list[str]


@dataclass(frozen=True)
class Frozen:
    """A copy of the data a run works on; later changes do not reach it, the hash tells of them.

    The hash covers the applications, not the weights and rules they are judged by.
    """

    period_id: int
    problem: asked.Problem
    names: Names
    data_hash: str


def field_weights(codes: list[str]) -> dict[str, int]:
    """Weights of a challenge's fields, summing to 100: the main one at least half, rest alike.

    One field weighs 100; two 60 and 40; three 50, 25, 25; more share the second half evenly.
    """
    if len(codes) < 2:
        return dict.fromkeys(codes, 100)
    main = 60 if len(codes) == 2 else 50
    rest, extra = divmod(100 - main, len(codes) - 1)
    weights = dict.fromkeys(codes[1:], rest)
    return {codes[0]: main + extra} | weights


def _place(row: OfficialPlace) -> asked.Place | None:
    if row.lg_code:
        return asked.MUNICIPALITY, row.lg_code
    if row.prefecture_code:
        return asked.PREFECTURE, row.prefecture_code
    if row.region:
        return asked.REGION, row.region
    return None  # words such as 離島 name no place the matcher could compare


def _places(official: Official, *relations: PlaceRelation) -> tuple[asked.Place, ...]:
    found = (_place(row) for row in official.places if row.relation in relations)
    return tuple(place for place in found if place)


def _avoids_islands(official: Official) -> bool:
    """True when the official has said 「離島」 among the regions not possible."""
    return any(
        row.relation is PlaceRelation.EXCLUDED and "離島" in row.words for row in official.places
    )


def _last_members(period: Period) -> dict[str, tuple[str, ...]]:
    """Who served each municipality at the end of the period before, by code."""
    rows = db.session.execute(
        select(Challenge.lg_code, Official.email)
        .select_from(TeamMember)
        .join(Team, Team.id == TeamMember.team_id)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Official, Official.id == TeamMember.official_id)
        .join(Period, Period.id == Team.period_id)
        .where(
            Period.fiscal_year == period.fiscal_year - 1,
            Team.state.in_(ANNOUNCED),
            TeamMember.ended_on.is_(None),
        )
        .order_by(Official.email)
    )
    found: dict[str, tuple[str, ...]] = {}
    for lg_code, email in rows:
        found[lg_code] = (*found.get(lg_code, ()), email)
    return found


def freeze(period: Period, *, team_count: int) -> Frozen:
    """Everything the matcher needs of a period, as plain data with a hash."""
    challenges = db.session.scalars(
        select(Challenge)
        .where(Challenge.period_id == period.id, Challenge.state.not_in(OUT_OF_CHALLENGES))
        .options(selectinload(Challenge.fields), joinedload(Challenge.municipality))
        .order_by(Challenge.lg_code)
    ).all()
    officials = db.session.scalars(
        select(Official)
        .where(Official.period_id == period.id, Official.state.not_in(OUT_OF_OFFICIALS))
        .options(
            selectinload(Official.fields),
            selectinload(Official.places),
            joinedload(Official.ministry),
        )
        .order_by(Official.email)
    ).all()
    before = _last_members(period)
    islands = [(asked.MUNICIPALITY, c.lg_code) for c in challenges if c.remoteness == ISLAND]
    found: dict[int, list[asked.Place]] = {}
    for conflict in standing_conflicts(period):
        place = (
            (asked.MUNICIPALITY, conflict.lg_code)
            if conflict.lg_code
            else (asked.PREFECTURE, conflict.prefecture_code or "")
        )
        found.setdefault(conflict.official_id, []).append(place)
    names = Names(
        challenges={row.lg_code: row.municipality.full_name for row in challenges},
        officials={row.email: f"{row.name}（{row.ministry.name}）" for row in officials},
        fields={field.code: field.label for field in policy_fields()},
        ministries={row.code: row.name for row in db.session.scalars(select(Ministry))},
        ids={row.email: row.public_id for row in officials},
        titles={row.lg_code: row.title for row in challenges},
        over_limit=[r.lg_code for r in challenges if r.population >= period.population_limit],
    )
    weights, rules = settings_of(period, team_count=team_count)
    question = asked.Problem(
        challenges=tuple(
            asked.Challenge(
                key=row.lg_code,
                prefecture_code=row.municipality.prefecture_code,
                region=row.municipality.region,
                fields=field_weights([field.field_code for field in row.fields]),
                merit=row.merit,
                remoteness=row.remoteness,
                last_members=before.get(row.lg_code, ()),
            )
            for row in challenges
        ),
        officials=tuple(
            asked.Official(
                key=row.email,
                ministry=row.ministry_code,
                parent_ministry=row.ministry.parent_code or "",
                rank_class=row.rank_class.value,
                levels={field.field_code: field.level for field in row.fields},
                wishes=_places(row, PlaceRelation.WISH),
                anywhere=row.is_anywhere,
                ties=_places(row, PlaceRelation.BIRTHPLACE, PlaceRelation.SECONDMENT),
                excluded=(
                    *_places(row, PlaceRelation.EXCLUDED),
                    *(islands if _avoids_islands(row) else ()),
                ),
                conflicts=(*_places(row, PlaceRelation.CONFLICT), *found.get(row.id, ())),
                consented=row.has_consent,
                can_lead=row.can_lead,
                travel_days=row.travel_days,
            )
            for row in officials
        ),
        rules=rules,
        weights=weights,
        regions=REGION_OF,
        # For the sentences that say why there is no answer.
        names=names.challenges | names.officials | names.ministries,
    )
    data = applicants(question)
    del data["names"]  # what somebody is called changes no team
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Frozen(period_id=period.id, problem=question, names=names, data_hash=digest)


def settings_of(period: Period, *, team_count: int) -> tuple[asked.Weights, asked.Rules]:
    """The weights and rules of a period, as somebody set them or as they start."""
    row = db.session.get(MatchSettings, period.id)
    rules = rules_from({"team_count": team_count} | START_RULES | (row.rules if row else {}))
    return (
        weights_from(row.weights if row else {}),
        replace(rules, team_count=team_count, team_size=period.team_size),
    )
