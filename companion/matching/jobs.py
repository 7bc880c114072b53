"""Matching in the background: on a frozen copy, with progress, keeping the best when stopped."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from companion.core.access import Role, Viewer
from companion.core.db import db, saved
from companion.core.jobs import Running, work
from companion.matching.actions import record_run
from companion.matching.models import MatchDraft
from companion.matching.problem import Keep, Mode
from companion.matching.queries import names_of, question_of_draft, sketch_of
from companion.matching.queries.freezing import Frozen, freeze
from companion.matching.sketch import asked
from companion.matching.solution import Progress
from companion.matching.solve import solve
from companion.matching.terms import Closeness
from companion.matching.tradeoffs import Variant, variants
from companion.periods.models import Period

SECONDS_BETWEEN_LOOKS = 0.5


class Watch:
    """What a run tells and asks while it solves; `share` of the bar is its own, after `done`."""

    def __init__(self, running: Running, limit: float, label: str = "") -> None:
        self.running, self.limit, self.label = running, limit, label
        self.done, self.share = 0, 100
        self.began, self.looked, self.wanted = time.monotonic(), 0.0, False

    def begin(self, label: str, done: int, share: int) -> None:
        """Another run of the same job."""
        self.label, self.done, self.share, self.began = label, done, share, time.monotonic()

    def tell(self, progress: Progress) -> None:
        """Show value, bound and gap."""
        words = self.label + progress.label
        if progress.objective is not None:
            words += f"：得点 {progress.objective / 100:.2f}"
        if progress.bound is not None:
            words += f"、上界 {progress.bound / 100:.2f}"
            if progress.objective is not None:
                words += f"、差 {(progress.bound - progress.objective) / 100:.2f}"
        spent = min(1.0, (time.monotonic() - self.began) / self.limit)
        self.running.tell(min(99, self.done + int(self.share * spent)), words)

    def stop(self) -> bool:
        """True once somebody pressed 中止; asks the table twice a second."""
        if time.monotonic() - self.looked > SECONDS_BETWEEN_LOOKS:
            self.looked, self.wanted = time.monotonic(), self.running.is_cancelled()
        return self.wanted


@work("match")
def run_match(arguments: dict[str, Any], running: Running) -> str | None:
    """Solve for a period (`period_id`, `team_count`, `time_limit` in seconds, `seed`)."""
    limit = float(arguments["time_limit"])
    with saved():
        period = db.session.get_one(Period, arguments["period_id"])
        frozen = freeze(period, team_count=arguments["team_count"])
    watch = Watch(running, limit)
    solution = solve(
        frozen.problem,
        time_limit=limit,
        progress=watch.tell,
        cancel=watch.stop,
        seed=arguments["seed"],
    )
    with saved():
        period = db.session.get_one(Period, arguments["period_id"])
        run = record_run(period, frozen, solution, by=_viewer(arguments))
        return f"/matching/{run.public_id}"  # no request here to build links from


@work("match.again")
def solve_again(arguments: dict[str, Any], running: Running) -> str | None:
    """Solve a draft again under its decisions (`draft_id`, `step`, `closeness`, `time_limit`)."""
    limit = float(arguments["time_limit"])
    closeness = Closeness(arguments["closeness"])
    with saved():
        draft = db.session.get_one(MatchDraft, arguments["draft_id"])
        sketch, problem = sketch_of(draft), question_of_draft(draft)
        names, seed = names_of(draft.run), draft.run.seed
        period_id, data_hash = draft.period_id, draft.run.data_hash
    problem = replace(
        asked(problem, sketch), keep=Keep(teams=dict(sketch.teams), bonus=closeness.bonus)
    )
    watch = Watch(running, limit)
    solution = solve(problem, time_limit=limit, progress=watch.tell, cancel=watch.stop, seed=seed)
    with saved():
        draft = db.session.get_one(MatchDraft, arguments["draft_id"])
        run = record_run(
            draft.period,
            Frozen(period_id, problem, names, data_hash),
            solution,
            by=_viewer(arguments),
            label=f"「{draft.name}」の解き直し（{closeness.label}）",
            draft=draft,
            draft_step=arguments["step"],
        )
        return f"/matching/{run.public_id}"


@work("match.variants")
def solve_variants(arguments: dict[str, Any], running: Running) -> str | None:
    """Solve a draft's question with other weights, one run each (`draft_id`, `time_limit`).

    With `variant` (its label and weights) that one only, otherwise those everybody may want.
    """
    with saved():
        draft = db.session.get_one(MatchDraft, arguments["draft_id"])
        sketch, problem = sketch_of(draft), question_of_draft(draft)
        names, seed, step = names_of(draft.run), draft.run.seed, draft.step
        period_id, data_hash = draft.period_id, draft.run.data_hash
        public_id = draft.public_id
    own = arguments.get("variant")
    tries = [Variant("own", own["label"], own["weights"])] if own else variants(problem)
    limit = float(arguments["time_limit"]) / len(tries)
    watch = Watch(running, limit)
    for number, variant in enumerate(tries):
        if running.is_cancelled():
            break
        watch.begin(f"{variant.label}：", 100 * number // len(tries), 100 // len(tries))
        question = asked(problem, sketch)
        changed: dict[str, Any] = dict(variant.weights)
        question = replace(
            question,
            weights=replace(problem.weights, **changed),
            rules=replace(
                problem.rules, mode=Mode(variant.mode) if variant.mode else problem.rules.mode
            ),
        )
        solution = solve(
            question, time_limit=limit, progress=watch.tell, cancel=watch.stop, seed=seed
        )
        with saved():
            draft = db.session.get_one(MatchDraft, arguments["draft_id"])
            record_run(
                draft.period,
                Frozen(period_id, question, names, data_hash),
                solution,
                by=_viewer(arguments),
                label=variant.label,
                draft=draft,
                draft_step=step,
            )
    return f"/drafts/{public_id}/variants"


def _viewer(arguments: dict[str, Any]) -> Viewer | None:
    stored = arguments.get("by")
    # The queue keeps JSON: the role comes back as its code.
    return Viewer(**(stored | {"role": Role(stored["role"])})) if stored else None
