"""From the records of a period to the matcher's question, and reading earlier runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from companion.applications.models import Challenge, Official, OfficialPlace
from companion.applications.terms import ChallengeState, OfficialState, PlaceRelation
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.matching import problem as asked
from companion.matching.models import MatchRun
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.places.prefectures import REGION_OF
from companion.screening.queries import standing_conflicts

# 北海道 had the most places of the first period, six; the seventh of a prefecture costs points.
PREFECTURE_SOFT_CAP = 6
OUT_OF_CHALLENGES = {ChallengeState.INELIGIBLE, ChallengeState.WITHDRAWN}
OUT_OF_OFFICIALS = {OfficialState.INELIGIBLE, OfficialState.DECLINED}


@dataclass(frozen=True)
class Names:
    """What keys are called on screen, by kind of key."""

    challenges: dict[str, str]
    officials: dict[str, str]
    fields: dict[str, str]
    ministries: dict[str, str]


@dataclass(frozen=True)
class Frozen:
    """A copy of the data a run works on; later changes do not reach it, the hash tells of them."""

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
    )
    question = asked.Problem(
        challenges=tuple(
            asked.Challenge(
                key=row.lg_code,
                prefecture_code=row.municipality.prefecture_code,
                region=row.municipality.region,
                fields=field_weights([field.field_code for field in row.fields]),
                merit=row.merit,
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
                excluded=_places(row, PlaceRelation.EXCLUDED),
                conflicts=(*_places(row, PlaceRelation.CONFLICT), *found.get(row.id, ())),
                consented=row.has_consent,
                can_lead=row.can_lead,
                travel_days=row.travel_days,
            )
            for row in officials
        ),
        rules=asked.Rules(
            team_count=team_count,
            team_size=period.team_size,
            prefecture_soft_cap=PREFECTURE_SOFT_CAP,
        ),
        regions=REGION_OF,
        # For the sentences that say why there is no answer.
        names=names.challenges | names.officials | names.ministries,
    )
    text = json.dumps(asdict(question), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Frozen(period_id=period.id, problem=question, names=names, data_hash=digest)


def runs_of(period: Period, viewer: Viewer) -> list[MatchRun]:
    """The runs of a period, newest first, without their teams."""
    if not viewer.may(Permission.MATCH_VIEW):
        return []
    return list(
        db.session.scalars(
            select(MatchRun)
            .where(MatchRun.period_id == period.id)
            .options(defer(MatchRun.teams))
            .order_by(MatchRun.created_at.desc(), MatchRun.id.desc())
        )
    )


def find_run(public_id: str, viewer: Viewer) -> MatchRun | None:
    """One run, or None when it is out of reach or does not exist."""
    if not viewer.may(Permission.MATCH_VIEW):
        return None
    return db.session.scalar(
        select(MatchRun).where(MatchRun.public_id == public_id).options(joinedload(MatchRun.period))
    )


def applicants_of(
    run: MatchRun,
) -> tuple[dict[str, Challenge], dict[str, Official]]:
    """The challenges by municipality code and officials by e-mail that a run speaks of."""
    codes = [team["lg_code"] for team in run.teams]
    mails = [mail for team in run.teams for mail in team["officials"]]
    challenges = db.session.scalars(
        select(Challenge)
        .where(Challenge.period_id == run.period_id, Challenge.lg_code.in_(codes))
        .options(joinedload(Challenge.municipality))
    )
    officials = db.session.scalars(
        select(Official)
        .where(Official.period_id == run.period_id, Official.email.in_(mails))
        .options(joinedload(Official.ministry))
    )
    return {row.lg_code: row for row in challenges}, {row.email: row for row in officials}
