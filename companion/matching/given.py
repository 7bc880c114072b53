"""Answers by given scores: the total, or the worst team first."""

from __future__ import annotations

import math
from dataclasses import replace

from companion.matching.assign import assign
from companion.matching.clash import smallest_clash
from companion.matching.problem import Mode, Problem
from companion.matching.run import EPSILON, Run, answer_of, no_answer
from companion.matching.score import programme_points, score_team
from companion.matching.solution import Solution, Status


def solve_given(problem: Problem, run: Run, seed: int) -> Solution:
    """Given scores: the compact model is enough."""
    least: int | None = None
    worst_bound: int | None = None
    lifted = True
    if problem.rules.mode is Mode.WORST_FIRST:
        # Often everyone can have the best of the hardest place; then no search is needed.
        easy = _given_most(problem)
        found = assign(problem, seconds=run.left / 3, least=easy, cancel=run.cancel)
        if found.teams is None:
            found = assign(problem, seconds=run.left / 2, lift=True, cancel=run.cancel)
            easy = math.floor(min(easy, found.bound) + EPSILON)
        if found.teams is not None:
            least = min((_score(problem, team) for team in found.teams), default=easy)
            worst_bound = max(least, easy)
            lifted = worst_bound == least
    run.tell("improve", None, None)
    found = assign(problem, seconds=run.left, least=least, cancel=run.cancel)
    run.goes_on()
    if found.teams is None:
        if found.proven:
            reasons = smallest_clash(problem, seconds=max(20.0, run.left), cancel=run.cancel)
            return Solution(
                Status.INFEASIBLE, seconds=run.seconds, reasons=tuple(reasons), seed=seed
            )
        return no_answer(run, seed)
    value = sum(programme_points(problem, found.teams).values())
    bound = value if found.proven else max(value, math.floor(found.bound + EPSILON))
    status = Status.OPTIMAL if bound == value and lifted else Status.WITHIN_GAP
    if run.cancelled and status is not Status.OPTIMAL:
        status = Status.CANCELLED
    solution = answer_of(problem, found.teams, bound, status, run, seed)
    return replace(solution, worst_bound=worst_bound)


def _given_most(problem: Problem) -> int:
    """No answer by given scores has a worst team above this."""
    matrix, rules = problem.matrix or {}, problem.rules
    best = []
    for challenge in problem.challenges:
        row = matrix.get(challenge.key, {})
        points = sorted((row.get(o.key, 0) for o in problem.officials), reverse=True)
        best.append(sum(points[: rules.team_size]))
    return sorted(best, reverse=True)[rules.team_count - 1]


def _score(problem: Problem, team: tuple[str, tuple[str, ...]]) -> int:
    return sum(score_team(problem, *team).values())
