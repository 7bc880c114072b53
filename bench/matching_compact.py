"""The compact model of the match: one yes or no for each official in each challenge.

The plain textbook formulation, written apart from the solver: the reference of the tests on small
instances and the alternative that the benchmark measures beside it. Points are linear here; where
the definition rounds a part on the whole team, this model does not, so equality is asked of
weights that need no rounding (`EXACT`).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.matching_instances import make_problem
from companion.matching.check import rule_violations
from companion.matching.problem import Problem, Weights
from companion.matching.score import best_tie, best_wish, level_percent, stays, travel_percent

# Every part of a team of three divides evenly.
EXACT = Weights(
    coverage=10_000, wishes=600, ties=1000, mix=1000, depth=30_000, travel=300, continuity=300
)


@dataclass(frozen=True)
class Found:
    """The best found and the model's own bound (hundredths), None where there is none."""

    value: int | None
    bound: float | None
    proven: bool
    seconds: float


class Compact:
    """Columns and rows; `x[challenge, official]` and `y[challenge]` are column numbers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.costs: list[float] = []
        self.uppers: list[float] = []
        self.rows: list[tuple[float, float, list[int], list[float]]] = []
        self.x: dict[tuple[str, str], int] = {}
        self.y = {c.key: self._column(float(c.merit), 1) for c in problem.challenges}
        for challenge in problem.challenges:
            for official in problem.officials:
                if self._may_serve(challenge.key, official.key):
                    self.x[challenge.key, official.key] = self._column(0.0, 1)
        for challenge in problem.challenges:
            self._team(challenge.key)
        self._programme()

    def _column(self, cost: float, upper: float) -> int:
        self.costs.append(cost)
        self.uppers.append(upper)
        return len(self.costs) - 1

    def _row(self, lower: float, upper: float, entries: Iterable[tuple[int, float]]) -> None:
        found = list(entries)
        self.rows.append((lower, upper, [c for c, _ in found], [v for _, v in found]))

    def _may_serve(self, challenge: str, official: str) -> bool:
        """Rules about one official in one place: asked of the checker with the rest left out."""
        told = rule_violations(self.problem, [(challenge, (official,))], whole=False)
        about_the_team = ("のチームは", "リーダーを務められる人がいません")
        return all(any(words in sentence for words in about_the_team) for sentence in told)

    def _team(self, key: str) -> None:
        problem, weights, rules = self.problem, self.problem.weights, self.problem.rules
        challenge, place, size = problem.challenge_by_key[key], self.y[key], rules.team_size
        members = [problem.official_by_key[o] for (c, o) in self.x if c == key]
        seats = {m.key: self.x[key, m.key] for m in members}
        self._row(0, 0, [*((n, 1.0) for n in seats.values()), (place, -float(size))])
        groups: dict[str, list[int]] = {}
        ranks: dict[str, list[int]] = {}
        for member in members:
            groups.setdefault(problem.ministry_of(member), []).append(seats[member.key])
            ranks.setdefault(member.rank_class, []).append(seats[member.key])
        if rules.distinct_ministries:
            for numbers in groups.values():
                self._row(-np.inf, 0, [*((n, 1.0) for n in numbers), (place, -1.0)])
        if rules.needs_leader:
            able = [(seats[m.key], 1.0) for m in members if m.can_lead]
            self._row(0, np.inf, [*able, (place, -1.0)])
        score: dict[int, float] = {}
        for member in members:
            wish = best_wish(weights, challenge, member)
            deep = sum(s * level_percent(weights, member, f) for f, s in challenge.fields.items())
            score[seats[member.key]] = (
                weights.wishes * (wish.percent if wish else 0) / (100 * size)
                + weights.depth * deep / (10_000 * size)
                + weights.travel * travel_percent(weights, challenge, member) / (100 * size)
                + weights.continuity * stays(challenge, member) / size
            )
        for code, share in challenge.fields.items():
            worth = {
                seats[m.key]: weights.coverage * share * level_percent(weights, m, code) / 10_000
                for m in members
            }
            score |= self._best_of(place, worth)
        ties = {}
        for member in members:
            tie = best_tie(problem, challenge, member)
            ties[seats[member.key]] = weights.ties * (tie.percent if tie else 0) / 100
        score |= self._best_of(place, ties)
        if size > 1:
            step = weights.mix / (size - 1)
            score[place] = score.get(place, 0.0) - step
            for numbers in ranks.values():
                there = self._column(0.0, 1)
                self._row(-np.inf, 0, [(there, 1.0), *((n, -1.0) for n in numbers)])
                score[there] = step
        for number, points in score.items():
            self.costs[number] += points
        # What is missing to the floor counts once more for each time above the first.
        missing = self._column(-float(weights.shortfall_times - 1), float(weights.floor))
        score[place] = score.get(place, 0.0) - weights.floor
        self._row(0, np.inf, [(missing, 1.0), *score.items()])

    def _best_of(self, place: int, worth: dict[int, float]) -> dict[int, float]:
        """At most one member's worth counts: the best one's, as it is maximised."""
        chosen = {}
        for seat, points in worth.items():
            if points:
                pick = self._column(0.0, 1)
                self._row(-np.inf, 0, [(pick, 1.0), (seat, -1.0)])
                chosen[pick] = points
        self._row(-np.inf, 0, [*((n, 1.0) for n in chosen), (place, -1.0)])
        return chosen

    def _programme(self) -> None:
        problem, weights, rules = self.problem, self.problem.weights, self.problem.rules
        self._row(rules.team_count, rules.team_count, ((n, 1.0) for n in self.y.values()))
        for official in problem.officials:
            seats = [n for (_, o), n in self.x.items() if o == official.key]
            self._row(official.minimum, official.capacity, ((n, 1.0) for n in seats))
        prefectures: dict[str, list[int]] = {}
        for challenge in problem.challenges:
            prefectures.setdefault(challenge.prefecture_code, []).append(self.y[challenge.key])
        for code, places in prefectures.items():
            reached = self._column(float(weights.prefecture_bonus), 1)
            self._row(-np.inf, 0, [(reached, 1.0), *((n, -1.0) for n in places)])
            cap = rules.soft_cap_of(code)
            if cap is not None:
                over = self._column(-float(weights.over_cap), np.inf)
                self._row(-np.inf, cap, [*((n, 1.0) for n in places), (over, -1.0)])

    def solve_highs(self, seconds: float, threads: int = 1) -> Found:
        """HiGHS on the whole model."""
        import highspy

        began = time.monotonic()
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", threads)
        highs.setOptionValue("time_limit", seconds)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 0.5)
        total = len(self.costs)
        highs.addVars(total, np.zeros(total), np.array(self.uppers))
        highs.changeColsCost(total, np.arange(total, dtype=np.int32), -np.array(self.costs))
        whole = np.array([*self.y.values(), *self.x.values()], dtype=np.int32)
        highs.changeColsIntegrality(
            len(whole), whole, np.full(len(whole), highspy.HighsVarType.kInteger)
        )
        for lower, upper, columns, values in self.rows:
            highs.addRow(lower, upper, len(columns), np.array(columns), np.array(values))
        highs.run()
        info = highs.getInfo()
        seconds = time.monotonic() - began
        proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Found(None, None, False, seconds)
        value = round(-info.objective_function_value)
        return Found(value, -info.mip_dual_bound, proven, seconds)

    def solve_cp_sat(self, seconds: float, threads: int = 2) -> Found:
        """CP-SAT (OR-Tools, an extra of the benchmark) on the same model in whole numbers."""
        from ortools.sat.python import cp_model

        began = time.monotonic()
        model = cp_model.CpModel()
        most = 10**6
        vs = [
            model.new_int_var(0, int(min(upper, most)), str(n))
            for n, upper in enumerate(self.uppers)
        ]
        for lower, upper, columns, values in self.rows:
            scale = 300  # every coefficient is a whole number of three-hundredths
            terms = sum(round(scale * v) * vs[c] for c, v in zip(columns, values, strict=True))
            if lower > -np.inf:
                model.add(terms >= round(scale * lower))
            if upper < np.inf:
                model.add(terms <= round(scale * upper))
        model.maximize(sum(round(c) * v for c, v in zip(self.costs, vs, strict=True)))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = threads
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(None, None, False, time.monotonic() - began)
        return Found(
            round(solver.objective_value),
            solver.best_objective_bound,
            status == cp_model.OPTIMAL,
            time.monotonic() - began,
        )


def main() -> None:
    """Solve one seeded instance and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("challenges", "officials", "teams"):
        parser.add_argument(name, type=int)
    parser.add_argument("consent", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--solver", choices=["highs", "cpsat"], default="highs")
    asked = parser.parse_args()
    model = Compact(
        make_problem(
            asked.challenges, asked.officials, asked.teams, asked.seed, consent=asked.consent
        )
    )
    solve = model.solve_highs if asked.solver == "highs" else model.solve_cp_sat
    found = solve(asked.seconds, 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(asdict(found) | {"mb": peak}))


if __name__ == "__main__":
    main()
