"""Keeping what a run found, and the settings it is asked with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.matching.explain import explain_team
from companion.matching.models import (
    DraftVariant,
    MatchCopy,
    MatchDraft,
    MatchRun,
    MatchSettings,
)
from companion.matching.plain import applicants
from companion.matching.queries.freezing import Frozen, freeze
from companion.matching.solution import Solution, Status
from companion.matching.tradeoffs import WEIGHED
from companion.periods.models import Period


def remember(frozen: Frozen) -> None:
    """Keep the frozen copy a run works on, once for the same data."""
    if db.session.get(MatchCopy, frozen.data_hash) is None:
        db.session.add(
            MatchCopy(
                data_hash=frozen.data_hash,
                period_id=frozen.period_id,
                applicants=applicants(frozen.problem),
                names={k: v for k, v in asdict(frozen.names).items() if k != "ids"},
            )
        )
        db.session.flush()


def record_run(
    period: Period,
    frozen: Frozen,
    solution: Solution,
    *,
    by: Viewer | None,
    label: str = "",
    draft: MatchDraft | None = None,
    draft_step: int | None = None,
) -> MatchRun:
    """Keep what a run found, with its bound and the sentences behind every team.

    A run that solves a draft again names the draft and the step it began from.
    """
    remember(frozen)
    run = MatchRun(
        period=period,
        label=label,
        variant=DraftVariant(draft=draft, step=draft_step) if draft else None,
        weights=asdict(frozen.problem.weights),
        rules=asdict(frozen.problem.rules),
        created_by=by.user_id if by else None,
        team_count=frozen.problem.rules.team_count,
        seed=solution.seed,
        data_hash=frozen.data_hash,
        status=solution.status.value,
        objective=solution.objective,
        bound=solution.bound,
        milliseconds=int(solution.seconds * 1000),
        reasons=list(solution.reasons),
        teams=[_team_row(frozen, team) for team in solution.teams],
    )
    db.session.add(run)
    db.session.flush()
    audit.record("match.run", run.public_id, by=by, status=run.status, teams=len(run.teams))
    return run


def _team_row(frozen: Frozen, team: Any) -> dict[str, Any]:
    told = explain_team(frozen.problem, team, frozen.names)
    return {
        "lg_code": team.challenge_key,
        "officials": list(team.official_keys),
        "score": team.score,
        "parts": dict(team.parts),
        "reasons": list(told.team),
        "member_reasons": {key: list(told.members[key]) for key in team.official_keys},
    }


def is_outdated(run: MatchRun) -> bool:
    """True when the applications have changed since the run took its copy."""
    return freeze(run.period, team_count=run.team_count).data_hash != run.data_hash


def as_json(run: MatchRun) -> dict[str, Any]:
    """A run as the command line prints it; points in hundredths, time in seconds."""
    return {
        "status": Status(run.status).value,
        "objective": run.objective,
        "bound": run.bound,
        "seconds": run.milliseconds / 1000,
        "reasons": run.reasons,
        "teams": [
            {key: row[key] for key in ("lg_code", "officials", "score", "parts")}
            for row in run.teams
        ],
    }


def change_settings(
    period: Period, weights: dict[str, Any], rules: dict[str, Any], *, by: Viewer
) -> None:
    """Weigh the parts and set the rules of a period anew; earlier runs keep theirs.

    Points are hundredths.

    Raises:
        Refused: every weight is 0.
    """
    if not any(weights.get(part) for part in WEIGHED):
        raise Refused("重みがすべて0です。どれか一つは1点以上にしてください。")
    row = db.session.get(MatchSettings, period.id)
    if row is None:
        row = MatchSettings(period_id=period.id, weights={}, rules={})
        db.session.add(row)
    before = {"weights": row.weights, "rules": row.rules}
    row.weights, row.rules = weights, rules
    db.session.flush()
    audit.record("match.settings", period.name, by=by, before=before, after=weights | rules)
