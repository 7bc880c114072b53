"""Solve a problem: the way in."""

from __future__ import annotations

from collections.abc import Callable

from companion.matching.clash import contradictions
from companion.matching.given import solve_given
from companion.matching.instance import Instance
from companion.matching.problem import Problem
from companion.matching.run import Run, answer_of
from companion.matching.solution import Progress, Solution, Status
from companion.matching.team_solver import TeamSolver
from companion.matching.worst_first import solve_worst_first


def solve(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    seed: int = 0,
) -> Solution:
    """Choose challenges and form their teams.

    `time_limit` in seconds; `progress` is told how the run stands; `cancel` is asked often and
    ends the run with the best found so far. The same problem, seed and version give the same
    teams whenever the run ends before its time limit.
    """
    run = Run(time_limit, progress, cancel)
    said = contradictions(problem)
    if said:
        return Solution(Status.INFEASIBLE, seconds=run.seconds, reasons=tuple(said), seed=seed)
    if problem.rules.team_count == 0:
        return answer_of(problem, [], 0, Status.OPTIMAL, run, seed)
    if problem.matrix is not None:
        return solve_given(problem, run, seed)
    instance = Instance(problem)
    if instance.worst_first:
        return solve_worst_first(problem, instance, run, seed)
    return TeamSolver(problem, instance, run, seed).solve()
