"""Given scores: a team is worth the sum of its members' entries, so no teams need be listed.

One yes or no for each official in each challenge (HiGHS); the linear programme of this model is
nearly whole already, so its best answer is proven at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from companion.matching.feasible import CompactModel
from companion.matching.problem import Problem

WHOLE = 0.99


@dataclass(frozen=True)
class Assigned:
    """Teams by key with a bound on the objective; `teams` is None where none was found."""

    teams: list[tuple[str, tuple[str, ...]]] | None
    bound: float
    proven: bool


class _Assignment(CompactModel):
    """The compact model with points: the total, or the worst team's score."""

    def __init__(self, problem: Problem, least: int | None) -> None:
        super().__init__(problem, frozenset())
        self.costs = [0.0] * len(self.uppers)
        matrix = problem.matrix or {}
        for (challenge, official), number in self.numbers.items():
            if official:
                points = float(matrix.get(challenge, {}).get(official, 0))
                if official in problem.keep.teams.get(challenge, ()):
                    points += problem.keep.bonus
                self.costs[number] = points
            else:
                self.costs[number] = float(problem.challenge_by_key[challenge].merit)
        self.scores: dict[str, list[tuple[int, float]]] = {c.key: [] for c in self.challenges}
        for (challenge, official), number in self.numbers.items():
            if official:
                points = float(matrix.get(challenge, {}).get(official, 0))
                self.scores[challenge].append((number, points))
        self._spread()
        if least is not None:
            self._at_least(least)

    def _column(self, cost: float, lower: float, upper: float) -> int:
        self.costs.append(cost)
        self.lowers.append(lower)
        self.uppers.append(upper)
        return len(self.costs) - 1

    def _spread(self) -> None:
        """The programme's parts: prefectures reached and seats over the soft cap."""
        weights, rules = self.problem.weights, self.problem.rules
        inf = highspy.kHighsInf
        prefectures: dict[str, list[int]] = {}
        for challenge in self.challenges:
            number = self.numbers[challenge.key, ""]
            prefectures.setdefault(challenge.prefecture_code, []).append(number)
        for code, numbers in sorted(prefectures.items()):
            reached = self._column(float(weights.prefecture_bonus), 0.0, 1.0)
            self._row(-inf, 0.0, [reached, *numbers], [1.0] + [-1.0] * len(numbers))
            cap = rules.soft_cap_of(code)
            if cap is not None:
                over = self._column(-float(weights.over_cap), 0.0, inf)
                self._row(-inf, float(cap), [*numbers, over], [1.0] * len(numbers) + [-1.0])

    def _at_least(self, least: int) -> None:
        """Every chosen team scores at least so much."""
        for key, entries in self.scores.items():
            place = self.numbers[key, ""]
            self._row(
                0.0,
                highspy.kHighsInf,
                [*(number for number, _ in entries), place],
                [*(points for _, points in entries), -float(least)],
            )

    def lift(self) -> None:
        """Ask for the best worst team instead of the best total."""
        inf = highspy.kHighsInf
        self.costs = [0.0] * len(self.costs)
        best = max(
            (
                sum(sorted((p for _, p in e), reverse=True)[: self.problem.rules.team_size])
                for e in self.scores.values()
            ),
            default=0.0,
        )
        worst = self._column(1.0, -inf, inf)
        for key, entries in self.scores.items():
            place = self.numbers[key, ""]
            # worst <= score + best * (1 - chosen)
            self._row(
                -best,
                inf,
                [*(number for number, _ in entries), place, worst],
                [*(points for _, points in entries), -best, -1.0],
            )


def assign(
    problem: Problem,
    *,
    seconds: float,
    least: int | None = None,
    lift: bool = False,
    cancel: Callable[[], bool] | None = None,
) -> Assigned:
    """The best teams by given scores; with `lift` those whose worst team is best."""
    model = _Assignment(problem, least)
    if lift:
        model.lift()
    highs = model.built(seconds, cancel)
    if highs is None:
        return Assigned(None, -np.inf, True)
    total = len(model.costs)
    highs.changeColsCost(total, np.arange(total, dtype=np.int32), -np.array(model.costs))
    highs.setOptionValue("mip_abs_gap", WHOLE)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Assigned(None, -np.inf, True)
    bound = -float(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Assigned(None, bound, False)
    proven = status == highspy.HighsModelStatus.kOptimal
    return Assigned(list(model.teams_of(list(highs.getSolution().col_value))), bound, proven)
