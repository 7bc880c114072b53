"""The worst team first: the highest score every team can reach, then the best total above it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from companion.matching.instance import Instance
from companion.matching.master import Column
from companion.matching.problem import Problem
from companion.matching.run import Run
from companion.matching.solution import Solution, Status
from companion.matching.team_solver import TeamSolver


def solve_worst_first(problem: Problem, instance: Instance, run: Run, seed: int) -> Solution:
    """The best worst team by halving the range of its score, then the best total above it."""
    first = TeamSolver(problem, instance, run, seed)
    best = first.find()
    if not best:
        return first.solve()
    low = _worst(instance, best)
    high = max(low, _best_worst(instance, first))
    bound = high
    while low < high and run.left > run.time_limit * 0.4 and run.goes_on():
        middle = (low + high + 1) // 2
        instance.least = middle
        attempt = TeamSolver(problem, instance, run, seed)
        found = attempt.find()
        if found:
            best, low = found, max(middle, _worst(instance, found))
        else:
            high = middle - 1
            if attempt.generation.impossible:
                bound = high
    instance.least = low
    last = TeamSolver(problem, instance, run, seed)
    last.take(best)
    solution = last.solve()
    status = solution.status
    if status is Status.OPTIMAL and bound > low:
        status = Status.WITHIN_GAP
    return replace(solution, status=status, worst_bound=max(bound, solution.worst or bound))


def _worst(instance: Instance, columns: list[Column]) -> int:
    return min(int(instance.scores(r, np.array([team]))[0]) for r, team, _ in columns)


def _best_worst(instance: Instance, solver: TeamSolver) -> int:
    """No answer has a worst team above this: every challenge with all officials to itself."""
    weights = instance.problem.weights
    parts = ("coverage", "wishes", "ties", "mix", "depth", "travel", "continuity")
    most = sum(getattr(weights, part) for part in parts)
    if instance.problem.keep.bonus:
        return most
    free = np.zeros(len(instance.officials))
    best: dict[int, int] = {}
    for r in solver.rows:
        threshold = solver.pricer.quick(r, free).best
        teams = solver.pricer.exact(r, free, threshold, 1).teams
        best[r] = int(instance.scores(r, teams)[0]) if len(teams) else -(10**9)
    forced = [score for r, score in best.items() if instance.forced[r]]
    ranked = sorted(best.values(), reverse=True)[: instance.count]
    return min([*ranked, *forced, most])
