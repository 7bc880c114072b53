"""Keeping the result of a run, and forming teams from it."""

from __future__ import annotations

from typing import Any

from companion.applications.models import Official
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.matching.explain import explain_team
from companion.matching.models import MatchRun
from companion.matching.queries import Frozen, applicants_of, freeze
from companion.matching.solution import Solution, Status
from companion.periods.models import Period
from companion.teams.actions import TeamPlan, form_teams
from companion.teams.models import Team

# Ranks from junior to senior: the most senior who can lead is proposed as leader.
SENIORITY = ["staff", "chief", "deputy", "office_head", "director", "counsellor"]


def record_run(
    period: Period, frozen: Frozen, solution: Solution, *, by: Viewer | None
) -> MatchRun:
    """Keep what a run found, with its bound and the sentences behind every team."""
    run = MatchRun(
        period=period,
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


def adopt_run(run: MatchRun, *, by: Viewer | None) -> list[Team]:
    """Form the teams of a run; earlier proposed teams of the period give way.

    Raises:
        Refused: the run has no teams, works on outdated data, or teams are announced already.
    """
    if not run.teams:
        raise Refused("この実行にはチームがありません。条件を見直して、もう一度実行してください。")
    if is_outdated(run):
        raise Refused(
            "実行の後に応募の内容が変わりました。もう一度マッチングを実行してから採用してください。"
        )
    challenges, officials = applicants_of(run)
    teams = form_teams(
        run.period,
        [
            TeamPlan(
                challenge=challenges[row["lg_code"]],
                officials=_leader_first([officials[mail] for mail in row["officials"]]),
                score=row["score"],
                parts=row["parts"],
                reasons=row["reasons"],
                member_reasons=row["member_reasons"],
            )
            for row in run.teams
        ],
        by=by,
    )
    run.adopted_at = clock.now()
    audit.record("match.adopt", run.public_id, by=by, teams=len(teams))
    return teams


def _leader_first(officials: list[Official]) -> list[Official]:
    def order(official: Official) -> tuple[bool, int, str]:
        return (
            not official.can_lead,
            -SENIORITY.index(official.rank_class.value),
            official.email,
        )

    return sorted(officials, key=order)


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
