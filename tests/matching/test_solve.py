"""The solver against counting every answer, and its promises."""

from __future__ import annotations

import pytest

from companion.matching.check import violations
from companion.matching.problem import Weights
from companion.matching.solution import Status
from companion.matching.solve import solve
from tests.matching.small import counted_best, small_problem

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
