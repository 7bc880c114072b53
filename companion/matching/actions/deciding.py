"""From a draft to the teams of a period, and what was decided, frozen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy import select

from companion.applications.models import Official
from companion.approvals.queries import last_approved
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.matching.actions.drafting import begin_draft
from companion.matching.actions.running import is_outdated
from companion.matching.explain import explain_team
from companion.matching.models import (
    MatchDecision,
    MatchDraft,
    MatchRun,
)
from companion.matching.plain import rules_from
from companion.matching.queries import (
    adopted_draft,
    applicants_named,
    decision_of,
    names_of,
    question_of_draft,
    sketch_of,
    step_of,
)
from companion.matching.queries.freezing import freeze
from companion.matching.score import score_team
from companion.matching.sketch import Sketch, asked, faults
from companion.matching.solution import Team as ScoredTeam
from companion.periods.models import Period
from companion.teams.actions import TeamPlan, form_teams
from companion.teams.models import Team
from companion.teams.terms import TeamsAnnounced

# Ranks from junior to senior: the most senior who can lead is proposed as leader.
SENIORITY = ["staff", "chief", "deputy", "office_head", "director", "counsellor"]


def adopt_run(run: MatchRun, *, by: Viewer | None) -> list[Team]:
    """Form the teams of a run through a draft of its own.

    Raises:
        Refused: the run has no teams, works on outdated data, or teams are announced already.
    """
    if is_outdated(run):
        raise Refused(
            "実行の後に応募の内容が変わりました。もう一度マッチングを実行してから採用してください。"
        )
    return adopt_draft(begin_draft(run, _free_name(run), by=by), by=by)


def _free_name(run: MatchRun) -> str:
    taken = set(
        db.session.scalars(select(MatchDraft.name).where(MatchDraft.period_id == run.period_id))
    )
    return next(name for n in count(1) if (name := f"案{n}") not in taken)


def adopt_draft(draft: MatchDraft, *, by: Viewer | None) -> list[Team]:
    """Form the teams of a draft; earlier proposed teams of the period give way.

    Raises:
        Refused: the draft breaks a rule, an applicant is gone, or teams are announced already.
    """
    problem, sketch = question_of_draft(draft), sketch_of(draft)
    broken = faults(problem, sketch)
    if broken:
        raise Refused("下書きが規則に合っていません。" + "".join(broken[:5]))
    if is_outdated(draft.run):
        _check_against_now(draft, sketch)
    names = names_of(draft.run)
    challenges, officials = applicants_named(draft.period_id, sketch.teams)
    missing = [key for key in sketch.teams if key not in challenges]
    missing += [m for members in sketch.teams.values() for m in members if m not in officials]
    if missing:
        gone = "、".join(problem.names.get(key, key) for key in missing)
        raise Refused(f"応募が取り消されています：{gone}。マッチングを実行し直してください。")
    plans = []
    asked_with = asked(problem, sketch)
    for key, members in sketch.teams.items():
        parts = score_team(problem, key, members)
        scored = ScoredTeam(key, members, sum(parts.values()), parts)
        told = explain_team(asked_with, scored, names)
        plans.append(
            TeamPlan(
                challenge=challenges[key],
                officials=_leader_first([officials[mail] for mail in members]),
                score=scored.score,
                parts=parts,
                reasons=told.team,
                member_reasons=dict(told.members),
            )
        )
    teams = form_teams(draft.period, plans, by=by)
    draft.adopted_at = draft.run.adopted_at = clock.now()
    audit.record("draft.adopt", draft.public_id, by=by, teams=len(teams))
    return teams


def _check_against_now(draft: MatchDraft, sketch: Sketch) -> None:
    """The applications have changed since the copy: the rules must hold for them as they are now.

    Raises:
        Refused: naming what no longer holds.
    """
    now = freeze(draft.period, team_count=len(sketch.teams)).problem
    rules = replace(rules_from(draft.run.rules), team_count=len(sketch.teams))
    broken = faults(replace(now, rules=rules), sketch)
    if broken:
        raise Refused(
            "応募の内容が変わり、下書きが規則に合わなくなりました。" + "".join(broken[:5])
        )


def _leader_first(officials: list[Official]) -> list[Official]:
    def order(official: Official) -> tuple[bool, int, str]:
        return (
            not official.can_lead,
            -SENIORITY.index(official.rank_class.value),
            official.email,
        )

    return sorted(officials, key=order)


@events.on(TeamsAnnounced)
def freeze_decision(news: TeamsAnnounced) -> None:
    """Keep what was made public with everything it rests on, under a hash of its own."""
    period = db.session.get_one(Period, news.period_id)
    draft = adopted_draft(period)
    if draft is None or decision_of(period) is not None:
        return
    teams = db.session.scalars(
        select(Team).where(Team.id.in_(news.team_ids)).order_by(Team.number)
    ).all()
    run = draft.run
    content = {
        "draft": draft.name,
        "decided_by": _deciders(period),
        "teams": [
            {
                "number": team.number,
                "lg_code": team.challenge.lg_code,
                "officials": [member.official.email for member in team.members],
                "score": team.score,
                "parts": team.score_parts,
                "reasons": team.reasons,
                "published": _published(team),
            }
            for team in teams
        ],
        "points": step_of(draft).points,
        "objective": run.objective,
        "bound": run.bound,
        "status": run.status,
        "seed": run.seed,
        "data_hash": run.data_hash,
        "weights": run.weights,
        "rules": run.rules,
        "steps": [
            {
                "kind": step.kind.value,
                "summary": step.summary,
                "reason": step.reason,
                "by": step.made_by,
                "at": step.made_at.isoformat(),
                "points": step.points,
            }
            for step in draft.steps
            if step.number <= draft.step
        ],
    }
    decision = MatchDecision(
        period_id=period.id, content=content, content_hash=content_hash(content)
    )
    db.session.add(decision)
    db.session.flush()
    audit.record("match.decide", period.name, by=None, hash=decision.content_hash)


def _deciders(period: Period) -> dict[str, str] | None:
    """Who asked for the announcement and who approved it; None without an approval on record."""
    approval = last_approved("teams.announce", str(period.fiscal_year))
    if approval is None or approval.decided_at is None:
        return None
    return {
        "approval": approval.public_id,
        "asked": approval.asked_by_name,
        "asked_at": approval.asked_at.isoformat(),
        "reason": approval.reason,
        "approved": approval.decided_by_name,
        "approved_at": approval.decided_at.isoformat(),
    }


def _published(team: Team) -> dict[str, Any]:
    """What the public list says of a team: no person, and the title only where it may be told."""
    challenge = team.challenge
    return {
        "prefecture": challenge.municipality.prefecture,
        "municipality": challenge.municipality.name,
        "fields": [row.field.digit + row.field.label for row in challenge.fields],
        "ministries": [member.official.ministry.name for member in team.members],
        "title": challenge.title if challenge.may_publish else "",
    }


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 over a decision's content in one canonical form."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
