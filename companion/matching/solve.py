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
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from companion.matching.assign import assign
from companion.matching.bound import lagrange_bound
from companion.matching.choose import choose, unmet, worth
from companion.matching.clash import contradictions, smallest_clash
from companion.matching.feasible import find_any
from companion.matching.instance import Floats, Instance
from companion.matching.master import Column, Master, Prices
from companion.matching.pricing import Pricer
from companion.matching.problem import Mode, Problem
from companion.matching.score import programme_points, score_team
from companion.matching.search import Guide, Search
from companion.matching.solution import Progress, Solution, Status, Team
from companion.matching.subgradient import first_prices

EPSILON = 1e-4
# A share of a team in the linear programme below this is none.
SMALL = 1e-6
# How many teams are reopened at a time, in turn while nothing is gained.
REOPENED = (8, 14, 20, 30)
# Officials times challenges above which prices are first sought without linear programmes.
LARGE = 60_000
PATIENCE = 8  # tries without a gain, more for many teams
# Share of the bound at which whole answers are sought before the prices are perfect.
CLOSE = 0.0008
# Listing more teams than this for the proof takes more memory and time than it is worth.
MOST_COLUMNS = 60_000


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
            whole = None
            if bound is not None and math.isfinite(bound):
                whole = math.floor(bound + EPSILON)
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
    if problem.matrix is not None:
        return _solve_given(problem, run, seed)
    instance = Instance(problem)
    if instance.worst_first:
        return _solve_worst_first(problem, instance, run, seed)
    return _Solver(problem, instance, run, seed).solve()


def _solve_given(problem: Problem, run: _Run, seed: int) -> Solution:
    """Given scores: the compact model is enough."""
    least: int | None = None
    worst_bound: int | None = None
    lifted = True
    if problem.rules.mode is Mode.WORST_FIRST:
        # Often everyone can have the best of the hardest place; then no search is needed.
        easy = _given_most(problem)
        found = assign(problem, seconds=run.left / 3, least=easy, cancel=run.cancel)
        if found.teams is None:
            found = assign(problem, seconds=run.left / 2, lift=True, cancel=run.cancel)
            easy = math.floor(min(easy, found.bound) + EPSILON)
        if found.teams is not None:
            least = min((_score(problem, team) for team in found.teams), default=easy)
            worst_bound = max(least, easy)
            lifted = worst_bound == least
    run.tell("improve", None, None)
    found = assign(problem, seconds=run.left, least=least, cancel=run.cancel)
    run.goes_on()
    if found.teams is None:
        if found.proven:
            reasons = smallest_clash(problem, seconds=max(20.0, run.left), cancel=run.cancel)
            return Solution(
                Status.INFEASIBLE, seconds=run.seconds, reasons=tuple(reasons), seed=seed
            )
        return _nothing(run, seed)
    value = sum(programme_points(problem, found.teams).values())
    bound = value if found.proven else max(value, math.floor(found.bound + EPSILON))
    status = Status.OPTIMAL if bound == value and lifted else Status.WITHIN_GAP
    if run.cancelled and status is not Status.OPTIMAL:
        status = Status.CANCELLED
    solution = _solution(problem, found.teams, bound, status, run, seed)
    return replace(solution, worst_bound=worst_bound)


def _given_most(problem: Problem) -> int:
    """No answer by given scores has a worst team above this."""
    matrix, rules = problem.matrix or {}, problem.rules
    best = []
    for challenge in problem.challenges:
        row = matrix.get(challenge.key, {})
        points = sorted((row.get(o.key, 0) for o in problem.officials), reverse=True)
        best.append(sum(points[: rules.team_size]))
    return sorted(best, reverse=True)[rules.team_count - 1]


def _score(problem: Problem, team: tuple[str, tuple[str, ...]]) -> int:
    return sum(score_team(problem, *team).values())


def _solve_worst_first(problem: Problem, instance: Instance, run: _Run, seed: int) -> Solution:
    """The best worst team by halving the range of its score, then the best total above it."""
    first = _Solver(problem, instance, run, seed)
    best = first.find()
    if not best:
        return first.solve()
    low = _worst(instance, best)
    high = max(low, _best_worst(instance, first))
    bound = high
    while low < high and run.left > run.time_limit * 0.4 and run.goes_on():
        middle = (low + high + 1) // 2
        instance.least = middle
        attempt = _Solver(problem, instance, run, seed)
        found = attempt.find()
        if found:
            best, low = found, max(middle, _worst(instance, found))
        else:
            high = middle - 1
            if attempt.impossible:
                bound = high
    instance.least = low
    last = _Solver(problem, instance, run, seed)
    last.take(best)
    solution = last.solve()
    status = solution.status
    if status is Status.OPTIMAL and bound > low:
        status = Status.WITHIN_GAP
    return replace(solution, status=status, worst_bound=max(bound, solution.worst or bound))


def _worst(instance: Instance, columns: list[Column]) -> int:
    return min(int(instance.scores(r, np.array([team]))[0]) for r, team, _ in columns)


def _best_worst(instance: Instance, solver: _Solver) -> int:
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


def _nothing(run: _Run, seed: int) -> Solution:
    return Solution(
        Status.CANCELLED if run.cancelled else Status.WITHIN_GAP,
        seconds=run.seconds,
        reasons=("時間内に編成案が見つかりませんでした。",),
        seed=seed,
    )


class _Solver:
    def __init__(self, problem: Problem, instance: Instance, run: _Run, seed: int) -> None:
        self.problem, self.instance, self.run, self.seed = problem, instance, run, seed
        self.pricer = Pricer(instance)
        self.master = Master(instance)
        self.best: list[Column] = []
        self.value: int | None = None
        self.bound = np.inf
        self.prices: Prices | None = None
        self.search = Search(instance, self.pricer, seed)
        self.guide: Guide | None = None
        self.impossible = False  # proven: no legal answer
        self.rows: list[int] = np.flatnonzero(~instance.out).tolist()

    def solve(self) -> Solution:
        run = self.run
        run.tell("start", None, None)
        self._start()
        converged = self._generate(CLOSE)
        if self.bound == -np.inf:
            return self._infeasible()
        self._dive()
        self._improve()
        if not converged and self.value is not None:
            converged = self._generate(0.0)
        if unmet(self.instance, self.best) and not self._find_any():
            return self._infeasible()
        if converged:
            self._prove()
        return self._answer()

    def find(self) -> list[Column]:
        """Any legal answer, good or not; empty if none was found (`impossible` if proven)."""
        self._start()
        if unmet(self.instance, self.best):
            self._generate(1.0, any_answer=True)
            if self.bound == -np.inf:
                self.impossible = True
            if not self.impossible:
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
        if self.instance.shape[0] * self.instance.shape[1] > LARGE:
            prices, pool = first_prices(self.instance, self.pricer, self.rows, self.run.goes_on)
            for r, teams, values in pool:
                self.master.add(r, teams, values)
            self.take(self.search.greedy(prices, order))
        for r, members, value in self.best:
            self.master.add(r, np.array([members]), np.array([value]))

    def _dive(self) -> None:
        """Whole teams from the linear programme: fix the surest, price again, and so on."""
        master, instance, run = self.master, self.instance, self.run
        fixed: list[Column] = []
        while run.goes_on():
            prices = master.prices()
            if self.guide is None:
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
                found = self.pricer.quick(r, self._price_row(prices, r) + extra)
                good = found.net > prices.places[r] + EPSILON
                if good.any():
                    master.add(r, found.teams[good], found.values[good])
        self.take(fixed)
        master.release()
        run.tell("improve", self.value, self.bound)

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
        if self.guide is None:
            return
        run, failures = self.run, 0
        while run.goes_on() and failures < PATIENCE + self.instance.count // 5:
            if (
                self.value is not None
                and not unmet(self.instance, self.best)
                and self.bound - self.value < 1
            ):
                break
            before = self.search.rank(self.best)
            count = REOPENED[failures % len(REOPENED)]
            count = min(2 * count, max(count, count * self.instance.count // 100))
            self.take(self.search.reopen(self.best, self.guide, count, 3.0))
            failures = 0 if self.search.rank(self.best) > before else failures + 1
            run.tell("improve", self.value, self.bound)

    def _price_row(self, prices: Prices, r: int) -> Floats:
        if prices.stay and r in self.instance.kept:
            officials = prices.officials.copy()
            officials[self.instance.kept[r]] -= prices.stay
            return officials
        return prices.officials

    def _generate(self, close: float, *, any_answer: bool = False) -> bool:
        """Column generation; True once no team is left that is worth more than its price.

        Ends early, with False, where the bound is within the share `close` of the programme.
        """
        run = self.run
        while run.goes_on():
            prices = self.master.prices()
            run.tell("prices", self.value, self.bound)
            best, added = self._sweep(prices, wide=False)
            if added <= self.instance.count // 20:
                best, more = self._sweep(prices, wide=True, best=best)
                added += more
            if any_answer and prices.unmet < EPSILON and self.guide is not None:
                return False
            if added > self.instance.count // 20:
                continue
            added += self._exact_pass(prices, best)
            if not added:
                self.impossible = prices.unmet >= EPSILON
                return not self.impossible
            near = self.bound - prices.value <= close * abs(self.bound)
            if near and prices.unmet < EPSILON:
                return False
        return False

    def _sweep(
        self, prices: Prices, *, wide: bool, best: Floats | None = None
    ) -> tuple[Floats, int]:
        """Good teams of every challenge that are worth more than their price.

        Returns the best net worth found for each challenge and how many teams are new.
        """
        found = np.full(len(self.instance.challenges), -np.inf) if best is None else best
        added = 0
        for r in self.rows:
            priced = self.pricer.quick(r, self._price_row(prices, r), wide=wide)
            found[r] = max(found[r], priced.best)
            good = priced.net > prices.places[r] + EPSILON
            if good.any():
                added += self.master.add(r, priced.teams[good], priced.values[good])
        return found, added

    def _exact_pass(self, prices: Prices, best: Floats) -> int:
        """Find all that is missing at these prices, and the bound; returns how many are new."""
        net = np.full(len(self.instance.challenges), -np.inf)
        added = 0
        for r in self.rows:
            if not self.run.goes_on():
                return added
            threshold = max(prices.places[r], best[r]) + EPSILON
            priced = self.pricer.exact(r, self._price_row(prices, r), threshold, 8)
            net[r] = max(threshold, priced.best)
            if len(priced.net):
                added += self.master.add(r, priced.teams, priced.values)
        bound = lagrange_bound(self.instance, net, prices.constant)
        self.bound = min(self.bound, bound)
        self.prices = prices
        self.guide = Guide(prices.officials, prices.places, net)
        return added

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
        prices = self.prices
        if prices is None or self.value is None:
            return
        whole = self.bound
        slack = (whole - self.value) / 10
        while self.run.goes_on():
            gap = whole - self.value
            if self.bound - self.value < 1:
                return
            slack = min(max(slack, 1.0), gap)
            self.run.tell("prove", self.value, self.bound)
            columns = self._list(prices, slack)
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
            self.bound = min(self.bound, max(float(self.value), whole - slack))
            slack *= 2.0

    def _list(self, prices: Prices, slack: float) -> list[Column] | None:
        """Every team whose slack is at most the given; None if there are too many."""
        columns: list[Column] = []
        for r in self.rows:
            if not self.run.goes_on():
                return None
            threshold = prices.places[r] - slack - EPSILON
            priced = self.pricer.exact(r, self._price_row(prices, r), threshold)
            columns += [
                (r, tuple(team), value)
                for team, value in zip(priced.teams.tolist(), priced.values.tolist(), strict=True)
            ]
            if len(columns) > MOST_COLUMNS:
                return None
        return columns

    def _infeasible(self) -> Solution:
        reasons = smallest_clash(
            self.problem, seconds=max(20.0, self.run.left), cancel=self.run.cancel
        )
        return Solution(
            Status.INFEASIBLE, seconds=self.run.seconds, reasons=tuple(reasons), seed=self.seed
        )

    def _answer(self) -> Solution:
        if self.value is None:
            return _nothing(self.run, self.seed)
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
    teams: Sequence[tuple[str, tuple[str, ...]]],
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
