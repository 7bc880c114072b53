"""Small random problems and what plain counting finds for them."""

from __future__ import annotations

import random
from itertools import combinations

from companion.matching.check import rule_violations
from companion.matching.problem import Challenge, Mode, Official, Place, Problem, Rules, Weights
from companion.matching.score import programme_points, score_team

REGIONS = {"01": "北", "02": "東", "03": "東"}


def small_problem(
    seed: int,
    *,
    challenges: int = 4,
    officials: int = 8,
    teams: int = 2,
    size: int = 3,
    ministries: int = 5,
    rules: dict[str, object] | None = None,
    weights: Weights | None = None,
) -> Problem:
    """A problem small enough to be counted out."""
    rng = random.Random(seed)
    places = [(f"{1 + k % 3:02d}", f"{1 + k % 3:02d}{k:04d}") for k in range(challenges)]

    def place() -> Place:
        prefecture, key = rng.choice(places)
        return rng.choice(
            [("municipality", key), ("prefecture", prefecture), ("region", REGIONS[prefecture])]
        )

    def some(most: int) -> tuple[Place, ...]:
        return tuple(dict.fromkeys(place() for _ in range(rng.randint(0, most))))

    return Problem(
        tuple(
            Challenge(
                key,
                prefecture,
                REGIONS[prefecture],
                rng.choice([{}, {"a": 100}, {"a": 60, "b": 40}, {"b": 50, "c": 30, "d": 20}]),
                merit=rng.randint(0, 800),
                remoteness=rng.randint(0, 3),
            )
            for prefecture, key in places
        ),
        tuple(
            Official(
                f"p{k}",
                f"m{rng.randrange(ministries)}",
                rank_class=rng.choice("xyz"),
                levels={f: rng.randint(0, 3) for f in rng.sample("abcd", 2)},
                wishes=some(3),
                anywhere=rng.random() < 0.3,
                ties=some(2),
                excluded=some(1) if rng.random() < 0.2 else (),
                conflicts=some(1) if rng.random() < 0.1 else (),
                consented=rng.random() < 0.9,
                can_lead=rng.random() < 0.6,
                travel_days=rng.choice((None, 2, 5, 9)),
            )
            for k in range(officials)
        ),
        Rules(
            **{  # type: ignore[arg-type]
                "team_count": teams,
                "team_size": size,
                "prefecture_soft_cap": 1,
                **(rules or {}),
            }
        ),
        weights=weights or Weights(),
        regions=REGIONS,
    )


def counted_best(problem: Problem) -> int | None:
    """The best worth by trying every answer, None if there is none."""
    found = counted(problem)
    return None if found is None else found[1]


def counted(problem: Problem) -> tuple[int, int] | None:
    """(worst team's score, worth) of the best answer; the first counts only in its mode."""
    best: tuple[int, int] | None = None
    lifts = problem.rules.mode is Mode.WORST_FIRST
    people = [o.key for o in problem.officials]
    teams = list(combinations(people, problem.rules.team_size))
    legal = {
        c.key: [
            team for team in teams if not rule_violations(problem, [(c.key, team)], whole=False)
        ]
        for c in problem.challenges
    }

    def extend(chosen: list[tuple[str, tuple[str, ...]]], left: list[str]) -> None:
        nonlocal best
        if not left:
            if not rule_violations(problem, chosen):
                worth = sum(programme_points(problem, chosen).values())
                scores = [sum(score_team(problem, *team).values()) for team in chosen]
                mark = (min(scores, default=0) if lifts else 0, worth)
                best = mark if best is None else max(best, mark)
            return
        for team in legal[left[0]]:
            used = {m for _, members in chosen for m in members}
            if used.isdisjoint(team) or any(o.capacity > 1 for o in problem.officials):
                extend([*chosen, (left[0], team)], left[1:])

    for picked in combinations([c.key for c in problem.challenges], problem.rules.team_count):
        extend([], list(picked))
    return best
