"""The best teams that could be found, and a bound nothing can beat.

1. Column generation: the linear programme over whole teams prices officials and places; exact
   pricing finds every team worth more than its price. When none is left, its value is a bound.
2. Whole answers: a greedy one, then one dived for in the linear programme, then better ones by
   reopening a few teams at a time.
3. Every team whose slack is small is listed; the best choice among those, for ever more slack,
   closes the gap. At the end the answer is the best of all.
"""

from __future__ import annotations

import math

import numpy as np

from companion.matching.choose import choose, unmet, worth
from companion.matching.clash import smallest_clash
from companion.matching.feasible import find_any
from companion.matching.generation import Generation
from companion.matching.instance import Instance
from companion.matching.master import Column
from companion.matching.pricing import Pricer
from companion.matching.problem import Problem
from companion.matching.run import EPSILON, Run, answer_of, no_answer
from companion.matching.search import Pool, Search
from companion.matching.solution import Solution, Status
from companion.matching.subgradient import first_prices

# A share of a team in the linear programme below this is none.
SMALL = 1e-6
# How many teams are reopened at a time, in turn: while duties are open, and among listed teams.
REOPENED = (8, 14, 20, 30)
AMONG_LISTED = (16, 24, 32)
# Listed teams for each challenge, on average; more make each choice slow.
LISTED = 40
# Seconds for one choice among listed teams. Large instances are seldom proven, so there ever more
# teams are reopened at a time, fewer again where a choice could not be proven in that time.
SECONDS = 5.0
GROW, SHRINK = 1.15, 0.8
FIRST_SLACK = 100.0  # hundredths a listed team may lack of its price, to begin with
# Officials times challenges above which prices are first sought without linear programmes.
LARGE = 60_000
# Share of the time kept for improving, where proof is out of reach.
SPARE = 0.35
PATIENCE = 8  # tries without a gain, more for many teams
# Share of the bound at which whole answers are sought before the prices are perfect.
CLOSE = 0.0008


class TeamSolver:
    """Solves one problem in one run; `solve` for the best answer, `find` for any."""

    def __init__(self, problem: Problem, instance: Instance, run: Run, seed: int) -> None:
        self.problem, self.instance, self.run, self.seed = problem, instance, run, seed
        self.pricer = Pricer(instance)
        cells = instance.shape[0] * instance.shape[1]
        self.large = cells > LARGE
        self.generation = Generation(instance, self.pricer, run, gentle=self.large)
        self.master = self.generation.master
        self.best: list[Column] = []
        self.value: int | None = None
        self.search = Search(instance, self.pricer, seed)
        self.rows = self.generation.rows

    def solve(self) -> Solution:
        """The best answer the time allows, with its bound."""
        run = self.run
        run.tell("start", None, None)
        self._start()
        converged = self.generation.generate(CLOSE, self.value)
        if self.generation.bound == -np.inf:
            return self._infeasible()
        self._dive()
        if not converged and self.value is not None:
            spare = SPARE * run.time_limit if self.large else 0.0
            converged = self.generation.generate(0.0, self.value, spare=spare)
        self._improve()
        if unmet(self.instance, self.best) and not self._find_any():
            return self._infeasible()
        if converged:
            self._prove()
        return self._answer()

    def find(self) -> list[Column]:
        """Any legal answer, good or not; empty if none was found (`impossible` if proven)."""
        self._start()
        if unmet(self.instance, self.best):
            self.generation.generate(1.0, self.value, any_answer=True)
            if self.generation.bound == -np.inf:
                self.generation.impossible = True
            if not self.generation.impossible:
                self._dive()
                self._improve(any_answer=True)
        return [] if unmet(self.instance, self.best) else self.best

    def _start(self) -> None:
        """A first answer and first teams: the best of each challenge at first prices."""
        free = np.zeros(len(self.instance.officials))
        best = {}
        for r in self.rows:
            found = self.pricer.quick(r, free)
            best[r] = found.best
            self.master.add(r, found.teams, found.values)
        order = sorted(best, key=lambda r: (-best[r], r))
        self.take(self.search.greedy(free, order))
        if self.large:
            some, pool = first_prices(self.instance, self.pricer, self.rows, self._half_time)
            for r, teams, values in pool:
                self.master.add(r, teams, values)
            self.take(self.search.greedy(some, order))
            self.generation.bound_at(some)
            self.take(self._complete(self.best))
            self.run.tell("start", self.value, self.generation.bound)
        for r, members, value in self.best:
            self.master.add(r, np.array([members]), np.array([value]))

    def _half_time(self) -> bool:
        return self.run.goes_on() and self.run.left > self.run.time_limit / 2

    def _complete(self, chosen: list[Column]) -> list[Column]:
        """Reopen teams of a choice until all duties are met, for some tries."""
        tries = 0
        guide = self.generation.guide
        while guide and self.run.goes_on() and unmet(self.instance, chosen) and tries < PATIENCE:
            chosen = self.search.reopen(chosen, guide, REOPENED[tries % 4], 3.0)
            tries += 1
        return chosen

    def _dive(self) -> None:
        """Whole teams from the linear programme: fix the surest, price again, and so on."""
        master, instance, run = self.master, self.instance, self.run
        fixed: list[Column] = []
        while run.goes_on():
            prices = master.prices(run.left, corner=True)
            if self.generation.guide is None or prices is None:
                break
            surest = self._surest(fixed)
            if not surest:
                break
            for k in surest:
                master.fix(k)
                fixed.append(master.columns[k])
            surcharge = self.search.taken(fixed)
            done = {r for r, _, _ in fixed}
            for r in self.rows:
                if r in done or len(fixed) >= instance.count:
                    continue
                extra = surcharge.copy()
                extra[list(instance.pinned.get(r, ()))] = 0.0
                found = self.pricer.quick(r, self.generation.price_row(prices, r) + extra)
                good = found.net > prices.places[r] + EPSILON
                if good.any():
                    master.add(r, found.teams[good], found.values[good])
        master.release()
        self.take(self._complete(fixed))
        run.tell("improve", self.value, self.generation.bound)

    def _surest(self, fixed: list[Column]) -> list[int]:
        """The next columns to fix: those taken almost whole, else the few largest shares."""
        shares, columns = self.master.shares(), self.master.columns
        done = {r for r, _, _ in fixed}
        order = [k for k in np.flatnonzero(shares > SMALL).tolist() if columns[k][0] not in done]
        order.sort(key=lambda k: (-shares[k], columns[k]))
        few = max(1, self.instance.count // 20)
        picked: list[int] = []
        for k in order:
            if len(fixed) + len(picked) >= self.instance.count:
                break
            if picked and shares[k] <= (0.9 if len(picked) >= few else 0.5):
                break
            if self.search.fits([*fixed, *(columns[j] for j in picked)], columns[k]):
                picked.append(k)
        return picked

    def _improve(self, *, any_answer: bool = False) -> None:
        """Reopen a few teams at a time until that no longer helps."""
        if self.generation.guide is None:
            return
        run, failures, growth = self.run, 0, 1.0
        pool: Pool | None = None
        while run.goes_on() and failures < PATIENCE + self.instance.count // 5:
            if (
                self.value is not None
                and not unmet(self.instance, self.best)
                and self.generation.bound - self.value < 1
            ):
                break
            before = self.search.rank(self.best)
            if unmet(self.instance, self.best):
                count = REOPENED[failures % len(REOPENED)]
                count = min(2 * count, max(count, count * self.instance.count // 100))
                self.take(self.search.reopen(self.best, self.generation.guide, count, 3.0))
            else:
                pool = pool or self._promising()
                count = int(growth * AMONG_LISTED[failures % len(AMONG_LISTED)])
                found, proven = self.search.reopen_among(
                    self.best, self.generation.guide, pool, count, SECONDS
                )
                self.take(found)
                if self.large:
                    growth *= GROW if proven else SHRINK
            failures = 0 if self.search.rank(self.best) > before else failures + 1
            run.tell("improve", self.value, self.generation.bound)

    def _promising(self) -> Pool:
        """The teams of the least slack, as many as can be chosen among fast."""
        generation, most = self.generation, LISTED * len(self.rows)
        slack, columns = FIRST_SLACK, None
        # From a small slack: a large one would list millions of teams of a single challenge.
        while columns is None and slack > 1 and self.run.goes_on():
            columns = generation.listed(generation.prices, slack, most)
            slack = slack * 1.5 if columns is not None else slack / 2
        while columns is not None and len(columns) < most / 2 and self.run.goes_on():
            more = generation.listed(generation.prices, slack, most)
            if more is None or slack > self.instance.floor:
                break
            columns, slack = more, 1.5 * slack
        return Pool(columns or [])

    def take(self, columns: list[Column] | None) -> None:
        """Keep a choice if it is better than the best so far."""
        if columns is None or self.search.rank(columns) <= self.search.rank(self.best):
            return
        self.best = columns
        complete = not unmet(self.instance, columns)
        self.value = worth(self.instance, columns) if complete else None

    def _find_any(self) -> bool:
        """A legal answer without regard to points; False if it is proven that none exists."""
        answer = find_any(self.problem, seconds=max(5.0, self.run.left), cancel=self.run.cancel)
        if answer.exists:
            columns = []
            for key, members in answer.teams:
                r = self.instance.row[key]
                team = np.array([sorted(self.instance.column[m] for m in members)])
                columns.append((r, tuple(team[0].tolist()), int(self.instance.values(r, team)[0])))
            self.take(columns)
        return answer.exists is not False

    def _prove(self) -> None:
        """Choose among ever more teams until none that could matter is missing.

        A team's slack is what it lacks of its price. An answer that uses a team of slack above t
        is worth at most the bound less t; one that does not is found among the listed teams. So
        each proven choice lowers the bound by its t, and t never needs to pass the gap.
        """
        prices = self.generation.prices
        if prices is None or self.value is None:
            return
        # Inner prices are right to about eight digits; a tenth of a hundredth covers the rest.
        whole = max(self.generation.bound, prices.value) + (0.1 if self.large else 0.0)
        slack = (whole - self.value) / 12
        while self.run.goes_on():
            gap = whole - self.value
            if self.generation.bound - self.value < 1:
                return
            slack = min(max(slack, 1.0), gap)
            self.run.tell("prove", self.value, self.generation.bound)
            columns = self.generation.listed(prices, slack)
            if columns is None:
                return
            choice = choose(
                self.instance,
                columns,
                seconds=max(1.0, self.run.left),
                start=self.best,
                cancel=self.run.cancel,
            )
            self.take(choice.columns)
            if not choice.proven:
                return
            self.generation.bound = min(
                self.generation.bound, max(float(self.value), whole - slack)
            )
            slack *= 2.0

    def _infeasible(self) -> Solution:
        reasons = smallest_clash(
            self.problem, seconds=max(20.0, self.run.left), cancel=self.run.cancel
        )
        return Solution(
            Status.INFEASIBLE, seconds=self.run.seconds, reasons=tuple(reasons), seed=self.seed
        )

    def _answer(self) -> Solution:
        if self.value is None:
            return no_answer(self.run, self.seed)
        bound = (
            None
            if np.isinf(self.generation.bound)
            else max(self.value, math.floor(self.generation.bound + EPSILON))
        )
        status = Status.OPTIMAL if bound == self.value else Status.WITHIN_GAP
        if self.run.cancelled and status is not Status.OPTIMAL:
            status = Status.CANCELLED
        return answer_of(
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
