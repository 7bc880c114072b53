"""Exact pricing leaves no team out: against looking at every team there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from companion.matching.instance import Instance
from companion.matching.pricing import Pricer
from companion.matching.problem import Decisions, Weights
from tests.matching.small import small_problem


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("pins", [0, 1, 2])
def test_every_team_that_reaches_the_threshold_is_found(seed: int, size: int, pins: int) -> None:
    problem = small_problem(
        seed, officials=12, size=size, ministries=8, weights=Weights(floor=7000, shortfall_times=3)
    )
    place = problem.challenges[0].key
    able = [o for o in problem.officials if o.consented and not o.excluded]
    problem = replace(
        problem,
        decisions=Decisions(members=tuple((place, o.key) for o in able[: min(pins, size)])),
    )
    instance = Instance(problem)
    instance.least = (0, 5000)[seed % 2]
    prices = np.random.default_rng(seed).exponential(800, len(problem.officials))
    teams = np.array(list(combinations(range(len(problem.officials)), size)), dtype=np.int64)
    for r in range(len(problem.challenges)):
        fine = instance.are_legal(r, teams) & (instance.scores(r, teams) >= instance.least)
        net = instance.values(r, teams) - prices[teams].sum(axis=1)
        for threshold in (-1e9, 0.0, 2000.0, 4000.0):
            found = Pricer(instance).exact(r, prices, threshold)
            wanted = {tuple(team) for team in teams[fine & (net >= threshold)].tolist()}
            assert {tuple(team) for team in found.teams.tolist()} == wanted
            assert found.net.tolist() == sorted(found.net.tolist(), reverse=True)
