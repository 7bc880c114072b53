"""The solver against counting every answer, and its promises."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from companion.matching.check import violations
from companion.matching.instance import Instance
from companion.matching.problem import Mode, Weights
from companion.matching.score import score_team
from companion.matching.solution import Status
from companion.matching.solve import solve
from tests.matching.small import counted, counted_best, small_problem

SHAPES = [
    pytest.param({}, id="three of eight"),
    pytest.param({"size": 2, "officials": 7}, id="pairs"),
    pytest.param({"size": 4, "officials": 9, "ministries": 7}, id="fours"),
    pytest.param({"size": 1, "officials": 5}, id="single"),
    pytest.param({"rules": {"ministry_limit": 1}, "ministries": 8}, id="one seat a ministry"),
    pytest.param({"rules": {"needs_leader": False}}, id="no leader asked"),
    pytest.param({"rules": {"distinct_ministries": False}}, id="ministries may repeat"),
    pytest.param({"weights": Weights(floor=9000, shortfall_times=3)}, id="high floor"),
    pytest.param(
        {"weights": Weights(prefecture_bonus=0, over_cap=4000, continuity=0)}, id="hard cap"
    ),
]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", SHAPES)
def test_optimum_equals_counting(shape: dict, seed: int) -> None:
    problem = small_problem(seed, **shape)
    solution = solve(problem, time_limit=30)
    best = counted_best(problem)
    assert solution.objective == best
    if best is None:
        assert solution.status is Status.INFEASIBLE
        assert solution.reasons
    else:
        assert solution.status is Status.OPTIMAL
        assert solution.bound == best
        assert violations(problem, solution) == []


@pytest.mark.parametrize("seed", range(12))
def test_worst_team_first_equals_counting(seed: int) -> None:
    problem = small_problem(seed, rules={"mode": Mode.WORST_FIRST})
    solution = solve(problem, time_limit=30)
    best = counted(problem)
    if best is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert (solution.worst, solution.objective) == best
    assert solution.worst_bound == solution.worst
    assert solution.status is Status.OPTIMAL
    assert violations(problem, solution) == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("seed", range(8))
def test_given_scores_equal_counting(seed: int, mode: Mode) -> None:
    rng = random.Random(seed)
    plain = small_problem(seed, officials=7, rules={"mode": mode, "needs_leader": seed % 2 == 0})
    problem = replace(
        plain,
        officials=tuple(replace(o, capacity=1 + seed % 2) for o in plain.officials),
        matrix={
            c.key: {o.key: rng.randint(0, 3000) for o in plain.officials} for c in plain.challenges
        },
    )
    solution = solve(problem, time_limit=30)
    best = counted(problem)
    if best is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert solution.objective == best[1]
    assert solution.status is Status.OPTIMAL
    assert violations(problem, solution) == []
    if mode is Mode.WORST_FIRST:
        assert solution.worst == best[0]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_arrays_score_as_the_definition_does(size: int) -> None:
    problem = small_problem(size, officials=7, size=size)
    problem = replace(
        problem,
        challenges=tuple(replace(c, last_members=("p1", "p2")) for c in problem.challenges),
    )
    instance = Instance(problem)
    teams = np.array(list(combinations(range(7), size)))
    for r, challenge in enumerate(instance.challenges):
        keys = [[instance.officials[n].key for n in team] for team in teams]
        plain = [sum(score_team(problem, challenge.key, team).values()) for team in keys]
        assert instance.scores(r, teams).tolist() == plain


def test_a_stopped_run_keeps_its_best() -> None:
    problem = small_problem(1, challenges=8, officials=24, teams=6, ministries=9)
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    told = []
    solution = solve(problem, time_limit=30, cancel=stop, progress=told.append)
    assert solution.status in (Status.CANCELLED, Status.OPTIMAL)
    assert len(solution.teams) == 6
    assert violations(problem, solution) == []
    assert told[0].phase == "start"


def test_value_and_bound_meet_on_the_way() -> None:
    problem = small_problem(5, challenges=12, officials=30, teams=8, ministries=10)
    told = []
    solution = solve(problem, time_limit=30, progress=told.append)
    values = [p.objective for p in told if p.objective is not None]
    bounds = [p.bound for p in told if p.bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert solution.status is Status.OPTIMAL
    assert solution.gap == 0.0
