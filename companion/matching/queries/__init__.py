"""Runs, drafts and decisions, read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from companion.applications.models import Challenge, Official
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
)
from companion.matching.plain import problem_from, rules_from, weights_from
from companion.matching.queries.freezing import Names
from companion.matching.sketch import Sketch, sketch_from
from companion.periods.models import Period


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
