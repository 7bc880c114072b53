"""From the records of a period to the matcher's question, and reading earlier runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from companion.applications.models import Challenge, Official, OfficialPlace
from companion.applications.terms import ChallengeState, OfficialState, PlaceRelation
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.matching import problem as asked
from companion.matching.models import (
    DraftStep,
    DraftVariant,
    MatchCopy,
    MatchDecision,
    MatchDraft,
    MatchRun,
    MatchSettings,
)
from companion.matching.plain import applicants, problem_from, rules_from, weights_from
from companion.matching.sketch import Sketch, sketch_from
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


@lru_cache(maxsize=8)
def _question(data_hash: str, weights: str, rules: str) -> asked.Problem:
    copy = _copy(data_hash)
    return problem_from(
        copy.applicants,
        rules=rules_from(json.loads(rules)),
        weights=weights_from(json.loads(weights)),
    )


@lru_cache(maxsize=8)
def _names(data_hash: str) -> Names:
    return Names(**_copy(data_hash).names, ids={})


def _copy(data_hash: str) -> MatchCopy:
    copy = db.session.get(MatchCopy, data_hash)
    if copy is None:
        raise Refused("この実行の応募データの写しが残っていません。もう一度実行してください。")
    return copy


def question_of(run: MatchRun) -> asked.Problem:
    """The question a run answered, from its frozen copy: the same whatever changed since."""
    return _question(run.data_hash, _text(run.weights), _text(run.rules))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def names_of(run: MatchRun) -> Names:
    """What the keys of a run's copy were called; public ids are those of now."""
    rows = db.session.execute(
        select(Official.email, Official.public_id).where(Official.period_id == run.period_id)
    )
    return replace(_names(run.data_hash), ids={row.email: row.public_id for row in rows})


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
    return applicants_named(
        run.period_id, {row["lg_code"]: tuple(row["officials"]) for row in run.teams}
    )


def applicants_named(
    period_id: int, teams: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Challenge], dict[str, Official]]:
    """The challenges by municipality code and officials by e-mail of teams."""
    mails = [mail for members in teams.values() for mail in members]
    challenges = db.session.scalars(
        select(Challenge)
        .where(Challenge.period_id == period_id, Challenge.lg_code.in_(list(teams)))
        .options(joinedload(Challenge.municipality))
    )
    officials = db.session.scalars(
        select(Official)
        .where(Official.period_id == period_id, Official.email.in_(mails))
        .options(joinedload(Official.ministry))
    )
    return {row.lg_code: row for row in challenges}, {row.email: row for row in officials}


def drafts_of(period: Period, viewer: Viewer) -> list[tuple[MatchDraft, DraftStep]]:
    """The drafts of a period with the step each stands at, the newest first."""
    if not viewer.may(Permission.MATCH_VIEW):
        return []
    rows = db.session.execute(
        select(MatchDraft, DraftStep)
        .join(
            DraftStep,
            (DraftStep.draft_id == MatchDraft.id) & (DraftStep.number == MatchDraft.step),
        )
        .where(MatchDraft.period_id == period.id)
        .options(joinedload(MatchDraft.run).defer(MatchRun.teams))
        .order_by(MatchDraft.created_at.desc(), MatchDraft.id.desc())
    )
    return [(draft, step) for draft, step in rows]


def find_draft(public_id: str, viewer: Viewer) -> MatchDraft | None:
    """One draft, or None when it is out of reach or does not exist."""
    if not viewer.may(Permission.MATCH_VIEW):
        return None
    return db.session.scalar(
        select(MatchDraft)
        .where(MatchDraft.public_id == public_id)
        .options(joinedload(MatchDraft.period), joinedload(MatchDraft.run).defer(MatchRun.teams))
    )


def step_of(draft: MatchDraft, number: int | None = None) -> DraftStep:
    """The step a draft stands at, or another one of it."""
    return db.session.scalars(
        select(DraftStep).where(
            DraftStep.draft_id == draft.id,
            DraftStep.number == (draft.step if number is None else number),
        )
    ).one()


def sketch_of(draft: MatchDraft) -> Sketch:
    """The content a draft stands at."""
    return sketch_from(step_of(draft).sketch)


def question_of_draft(draft: MatchDraft) -> asked.Problem:
    """The question behind a draft: the frozen copy, weights and rules of the run it began with."""
    return question_of(draft.run)


def variants_of(draft: MatchDraft) -> list[MatchRun]:
    """The runs that solved this draft again or varied its weights, the newest first."""
    return list(
        db.session.scalars(
            select(MatchRun)
            .join(DraftVariant)
            .where(DraftVariant.draft_id == draft.id)
            .order_by(MatchRun.created_at.desc(), MatchRun.id.desc())
        )
    )


def adopted_draft(period: Period) -> MatchDraft | None:
    """The draft whose teams were formed last."""
    return db.session.scalar(
        select(MatchDraft)
        .where(MatchDraft.period_id == period.id, MatchDraft.adopted_at.is_not(None))
        .order_by(MatchDraft.adopted_at.desc(), MatchDraft.id.desc())
        .limit(1)
    )


def decision_of(period: Period) -> MatchDecision | None:
    """What was decided and made public in a period."""
    return db.session.scalar(select(MatchDecision).where(MatchDecision.period_id == period.id))
