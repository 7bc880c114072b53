"""Solve a problem: the best teams that could be found, and a bound nothing can beat.

1. Column generation: the linear programme over whole teams prices officials and places; exact
   pricing finds every team worth more than its price. When none is left, its value is a bound.
2. The best whole choice among the teams met on the way.
3. Every team whose reduced worth lies within the gap is listed; the best whole choice among
   those is the best of all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from companion.matching.bound import lagrange_bound
from companion.matching.choose import choose, worth
from companion.matching.clash import contradictions, smallest_clash
from companion.matching.feasible import find_any
from companion.matching.instance import Floats, Instance
from companion.matching.master import Column, Master, Prices
from companion.matching.pricing import Pricer
from companion.matching.problem import Problem
from companion.matching.score import programme_points, score_team
from companion.matching.solution import Progress, Solution, Status, Team

EPSILON = 1e-4
# Listing more teams than this for the proof takes more memory and time than it is worth.
MOST_COLUMNS = 400_000


class _Run:
    """Clock, cancel and progress of one run."""

    def __init__(
        self,
        time_limit: float,
        progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.began = time.monotonic()
        self.time_limit = time_limit
        self.progress = progress
        self.cancel = cancel
        self.cancelled = False

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.time_limit - self.seconds

    def goes_on(self) -> bool:
        """False once the time is up or someone has asked to stop."""
        if self.cancel is not None and self.cancel():
            self.cancelled = True
        return not self.cancelled and self.left > 0

    def tell(self, phase: str, objective: int | None, bound: float | None) -> None:
        """Report progress."""
        if self.progress is not None:
            whole = None if bound is None else math.floor(bound + EPSILON)
            self.progress(Progress(phase, self.seconds, objective, whole))


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
    run = _Run(time_limit, progress, cancel)
    said = contradictions(problem)
    if said:
        return Solution(Status.INFEASIBLE, seconds=run.seconds, reasons=tuple(said), seed=seed)
    if problem.rules.team_count == 0:
        return _solution(problem, [], 0, Status.OPTIMAL, run, seed)
    instance = Instance(problem)
    return _Solver(problem, instance, run, seed).solve()


class _Solver:
    def __init__(self, problem: Problem, instance: Instance, run: _Run, seed: int) -> None:
        self.problem, self.instance, self.run, self.seed = problem, instance, run, seed
        self.pricer = Pricer(instance)
        self.master = Master(instance)
        self.best: list[Column] | None = None
        self.value: int | None = None
        self.bound = np.inf
        self.prices: Prices | None = None

    def solve(self) -> Solution:
        run = self.run
        run.tell("start", None, None)
        converged = self._generate()
        if not converged and self.bound == -np.inf:
            return self._infeasible()
        self._choose_among_known()
        if self.best is None and not self._find_any():
            return self._infeasible()
        if converged and self.best is not None:
            self._prove()
        return self._answer()

    def _price_row(self, prices: Prices, r: int) -> Floats:
        if prices.stay and r in self.instance.kept:
            officials = prices.officials.copy()
            officials[self.instance.kept[r]] -= prices.stay
            return officials
        return prices.officials

    def _generate(self) -> bool:
        """Column generation; True once no team is left that is worth more than its price."""
        instance, run = self.instance, self.run
        rows = [int(r) for r in np.flatnonzero(~instance.out)]
        while run.goes_on():
            prices = self.master.prices()
            run.tell("prices", self.value, None if np.isinf(self.bound) else self.bound)
            added = 0
            found = {}
            for r in rows:
                priced = self.pricer.quick(r, self._price_row(prices, r))
                found[r] = priced.best
                good = priced.net > prices.places[r] + EPSILON
                if good.any():
                    added += self.master.add(r, priced.teams[good], priced.values[good])
            if added:
                continue
            net = np.full(len(instance.challenges), -np.inf)
            for r in rows:
                if not run.goes_on():
                    return False
                threshold = max(prices.places[r], found[r]) + EPSILON
                priced = self.pricer.exact(r, self._price_row(prices, r), threshold, 8)
                net[r] = max(threshold, priced.best)
                if len(priced.net):
                    added += self.master.add(r, priced.teams, priced.values)
            bound = lagrange_bound(instance, net, prices.constant)
            self.bound = min(self.bound, bound)
            self.prices = prices
            if not added:
                return prices.unmet < EPSILON
        return False

    def _choose_among_known(self) -> None:
        choice = choose(
            self.instance,
            self.master.columns,
            seconds=max(1.0, min(20.0, self.run.left / 3)),
            cancel=self.run.cancel,
            gap=0.0002,
        )
        self._take(choice.columns)

    def _take(self, columns: list[Column] | None) -> None:
        if columns is None:
            return
        value = worth(self.instance, columns)
        if self.value is None or value > self.value:
            self.best, self.value = columns, value

    def _find_any(self) -> bool:
        """A legal answer without regard to points; False if it is proven that none exists."""
        answer = find_any(self.problem, seconds=max(5.0, self.run.left), cancel=self.run.cancel)
        if answer.exists:
            columns = []
            for key, members in answer.teams:
                r = self.instance.row[key]
                team = np.array([sorted(self.instance.column[m] for m in members)])
                columns.append((r, tuple(team[0].tolist()), int(self.instance.values(r, team)[0])))
            self._take(columns)
        return answer.exists is not False

    def _prove(self) -> None:
        """List every team within the gap and choose among them: the best of all."""
        run, prices = self.run, self.prices
        if prices is None or self.value is None:
            return
        run.tell("prove", self.value, self.bound)
        gap = self.bound - self.value
        if gap < 1:
            return
        columns: list[Column] = []
        for r in np.flatnonzero(~self.instance.out).tolist():
            if not run.goes_on():
                return
            threshold = prices.places[r] - gap - EPSILON
            priced = self.pricer.exact(r, self._price_row(prices, r), threshold)
            columns += [
                (r, tuple(team), value)
                for team, value in zip(priced.teams.tolist(), priced.values.tolist(), strict=True)
            ]
            if len(columns) > MOST_COLUMNS:
                return
        choice = choose(
            self.instance,
            columns,
            seconds=max(1.0, run.left),
            start=self.best,
            cancel=run.cancel,
        )
        self._take(choice.columns)
        if choice.proven:
            self.bound = float(self.value)
        else:
            self.bound = max(self.value, min(self.bound, choice.bound))

    def _infeasible(self) -> Solution:
        reasons = smallest_clash(
            self.problem, seconds=max(20.0, self.run.left), cancel=self.run.cancel
        )
        return Solution(
            Status.INFEASIBLE, seconds=self.run.seconds, reasons=tuple(reasons), seed=self.seed
        )

    def _answer(self) -> Solution:
        if self.best is None or self.value is None:
            return Solution(
                Status.CANCELLED if self.run.cancelled else Status.WITHIN_GAP,
                seconds=self.run.seconds,
                reasons=("時間内に編成案が見つかりませんでした。",),
                seed=self.seed,
            )
        bound = None if np.isinf(self.bound) else max(self.value, math.floor(self.bound + EPSILON))
        status = Status.OPTIMAL if bound == self.value else Status.WITHIN_GAP
        if self.run.cancelled and status is not Status.OPTIMAL:
            status = Status.CANCELLED
        return _solution(
            self.problem,
            [
                (
                    self.instance.challenges[r].key,
                    tuple(self.instance.officials[n].key for n in members),
                )
                for r, members, _ in self.best
            ],
            bound,
            status,
            self.run,
            self.seed,
        )


def _solution(
    problem: Problem,
    teams: list[tuple[str, tuple[str, ...]]],
    bound: int | None,
    status: Status,
    run: _Run,
    seed: int,
) -> Solution:
    teams = sorted(teams)
    programme = programme_points(problem, teams)
    answer = []
    for challenge, officials in teams:
        parts = score_team(problem, challenge, officials)
        answer.append(Team(challenge, officials, sum(parts.values()), parts))
    return Solution(
        status,
        tuple(answer),
        objective=sum(programme.values()),
        bound=bound,
        seconds=run.seconds,
        programme=programme,
        seed=seed,
        worst=min((team.score for team in answer), default=None),
    )
