"""Is there any legal answer at all? The compact model without points (HiGHS).

One yes or no for each official in each challenge. Rules can be left out by name, which is how
the smallest set of clashing rules is found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import highspy
import numpy as np

from companion.matching.problem import Challenge, Official, Place, Problem
from companion.matching.score import contains

# Names of the rules that can be left out; a decision is (name, its position in the list).
Rule = tuple[str, int]
COUNT: Rule = ("count", 0)
DISTINCT: Rule = ("distinct", 0)
LEADER: Rule = ("leader", 0)
CONSENT: Rule = ("consent", 0)
EXCLUDED: Rule = ("excluded", 0)
CONFLICTS: Rule = ("conflicts", 0)
CAPACITY: Rule = ("capacity", 0)
MINIMUM: Rule = ("minimum", 0)
LIMITS: Rule = ("limits", 0)
CHANGES: Rule = ("changes", 0)
OUT: Rule = ("out", 0)


@dataclass(frozen=True)
class Answer:
    """`exists` is None where time ran out; teams are given by key where there is an answer."""

    exists: bool | None
    teams: tuple[tuple[str, tuple[str, ...]], ...] = ()


def all_rules(problem: Problem) -> list[Rule]:
    """Every rule of the problem that could clash, the ones people set by hand last."""
    rules = problem.rules
    found: list[Rule] = [COUNT, CAPACITY]
    if rules.distinct_ministries:
        found.append(DISTINCT)
    if rules.needs_leader:
        found.append(LEADER)
    if rules.needs_consent and not all(o.consented for o in problem.officials):
        found.append(CONSENT)
    if any(o.excluded for o in problem.officials):
        found.append(EXCLUDED)
    if any(o.conflicts for o in problem.officials):
        found.append(CONFLICTS)
    if any(o.minimum for o in problem.officials):
        found.append(MINIMUM)
    if rules.ministry_limit is not None or rules.ministry_limits:
        found.append(LIMITS)
    if problem.keep.max_changes is not None:
        found.append(CHANGES)
    decisions = problem.decisions
    if decisions.officials_out or decisions.challenges_out:
        found.append(OUT)
    for name, items in (
        ("ban", decisions.bans),
        ("in", decisions.challenges_in),
        ("lock", decisions.locks),
        ("member", decisions.members),
    ):
        found += [(name, k) for k in range(len(items))]
    return found


def find_any(
    problem: Problem,
    without: Collection[Rule] = (),
    *,
    seconds: float = 30.0,
    cancel: Callable[[], bool] | None = None,
) -> Answer:
    """Look for any answer that obeys all rules except those left out."""
    return CompactModel(problem, frozenset(without)).solve(seconds, cancel)


class CompactModel:
    """Rows and columns of the compact model, before they reach the solver."""

    def __init__(self, problem: Problem, without: frozenset[Rule]) -> None:
        self.problem, self.without = problem, without
        self.challenges = sorted(problem.challenges, key=lambda c: c.key)
        self.officials = sorted(problem.officials, key=lambda o: o.key)
        self.numbers: dict[tuple[str, str], int] = {}
        self.uppers: list[float] = []
        self.lowers: list[float] = []
        self.rows: list[tuple[float, float, list[int], list[float]]] = []
        self._lay_columns()
        self.whole = len(self.uppers)  # columns that must be whole numbers
        self._lay_rows()

    def _on(self, rule: Rule) -> bool:
        return rule not in self.without

    def _lay_columns(self) -> None:
        decisions = self.problem.decisions
        banned = {pair for k, pair in enumerate(decisions.bans) if self._on(("ban", k))}
        out = set(decisions.challenges_out) if self._on(OUT) else set()
        officials_out = set(decisions.officials_out) if self._on(OUT) else set()
        needs_consent = self.problem.rules.needs_consent and self._on(CONSENT)
        able = [
            o
            for o in self.officials
            if o.key not in officials_out and (o.consented or not needs_consent)
        ]
        for challenge in self.challenges:
            self.numbers[challenge.key, ""] = len(self.uppers)
            self.uppers.append(0.0 if challenge.key in out else 1.0)
        if len(self.officials):
            for challenge in self.challenges:
                if challenge.key in out:
                    continue
                for official in able:
                    pair = (challenge.key, official.key)
                    if pair not in banned and self._may_go(challenge, official):
                        self.numbers[pair] = len(self.uppers)
                        self.uppers.append(1.0)
        self.lowers = [0.0] * len(self.uppers)

    def _may_go(self, challenge: Challenge, official: Official) -> bool:
        places: tuple[Place, ...] = ()
        if self._on(EXCLUDED):
            places += official.excluded
        if self._on(CONFLICTS):
            places += official.conflicts
        return not any(contains(place, challenge) for place in places)

    def _row(self, lower: float, upper: float, columns: list[int], entries: list[float]) -> None:
        self.rows.append((lower, upper, columns, entries))

    def _lay_rows(self) -> None:
        problem, rules = self.problem, self.problem.rules
        inf = highspy.kHighsInf
        of_challenge: dict[str, list[Official]] = {c.key: [] for c in self.challenges}
        of_official: dict[str, list[int]] = {o.key: [] for o in self.officials}
        for (challenge_key, official_key), number in self.numbers.items():
            if official_key:
                of_challenge[challenge_key].append(problem.official_by_key[official_key])
                of_official[official_key].append(number)
        for challenge in self.challenges:
            self._one_team(challenge.key, of_challenge[challenge.key])
        for official in self.officials:
            numbers = of_official[official.key]
            upper = float(official.capacity) if self._on(CAPACITY) else inf
            lower = float(official.minimum) if self._on(MINIMUM) else 0.0
            if numbers or lower > 0:
                self._row(lower, upper, numbers, [1.0] * len(numbers))
        places = [self.numbers[c.key, ""] for c in self.challenges]
        if self._on(COUNT):
            count = float(rules.team_count)
            self._row(count, count, places, [1.0] * len(places))
        if self._on(LIMITS):
            self._limit(of_official)
        self._decide()
        if problem.keep.max_changes is not None and self._on(CHANGES):
            stand = [(c, o) for c, members in problem.keep.teams.items() for o in members]
            numbers = [self.numbers[pair] for pair in stand if pair in self.numbers]
            least = float(len(stand) - problem.keep.max_changes)
            self._row(least, inf, numbers, [1.0] * len(numbers))

    def _one_team(self, key: str, officials: list[Official]) -> None:
        rules, place = self.problem.rules, self.numbers[key, ""]
        inf = highspy.kHighsInf
        numbers = [self.numbers[key, o.key] for o in officials]
        size = -float(rules.team_size)
        self._row(0.0, 0.0, [*numbers, place], [1.0] * len(numbers) + [size])
        if rules.distinct_ministries and self._on(DISTINCT):
            groups: dict[str, list[int]] = {}
            for official, number in zip(officials, numbers, strict=True):
                groups.setdefault(self.problem.ministry_of(official), []).append(number)
            for group in groups.values():
                if len(group) > 1:
                    self._row(-inf, 0.0, [*group, place], [1.0] * len(group) + [-1.0])
        if rules.needs_leader and self._on(LEADER):
            leaders = [self.numbers[key, o.key] for o in officials if o.can_lead]
            self._row(0.0, inf, [*leaders, place], [1.0] * len(leaders) + [-1.0])

    def _limit(self, of_official: dict[str, list[int]]) -> None:
        seats: dict[str, list[int]] = {}
        for official in self.officials:
            ministry = self.problem.ministry_of(official)
            seats.setdefault(ministry, []).extend(of_official[official.key])
        for ministry, numbers in seats.items():
            limit = self.problem.rules.limit_of(ministry)
            if limit is not None and numbers:
                self._row(-highspy.kHighsInf, float(limit), numbers, [1.0] * len(numbers))

    def _must(self, pair: tuple[str, str]) -> None:
        if pair in self.numbers:
            self.lowers[self.numbers[pair]] = 1.0
            self.uppers[self.numbers[pair]] = max(1.0, self.uppers[self.numbers[pair]])
        # A duty without a column can never be met: 1 <= 0.
        else:
            self._row(1.0, highspy.kHighsInf, [], [])

    def _decide(self) -> None:
        decisions = self.problem.decisions
        out = set(decisions.challenges_out) if self._on(OUT) else set()
        for k, key in enumerate(decisions.challenges_in):
            if self._on(("in", k)):
                if key in out:
                    self._row(1.0, highspy.kHighsInf, [], [])
                else:
                    self._must((key, ""))
        for k, pair in enumerate(decisions.members):
            if self._on(("member", k)):
                self._must(pair)
        for k, (key, members) in enumerate(decisions.locks):
            if self._on(("lock", k)):
                self._must((key, ""))
                for member in members:
                    self._must((key, member))
                if len(set(members)) != self.problem.rules.team_size:
                    self._row(1.0, highspy.kHighsInf, [], [])

    def built(self, seconds: float, cancel: Callable[[], bool] | None) -> highspy.Highs | None:
        """The model in the solver; None if a duty can never be met."""
        if any(not columns and lower > 0 for lower, _, columns, _ in self.rows):
            return None
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("time_limit", max(0.1, seconds))
        highs.setOptionValue("random_seed", 1)
        total = len(self.uppers)
        highs.addVars(total, np.array(self.lowers), np.array(self.uppers))
        index = np.arange(self.whole, dtype=np.int32)
        highs.changeColsIntegrality(
            self.whole, index, np.full(self.whole, highspy.HighsVarType.kInteger)
        )
        rows = [row for row in self.rows if row[2]]
        starts = np.cumsum([0, *(len(row[2]) for row in rows[:-1])], dtype=np.int32)
        if rows:
            highs.addRows(
                len(rows),
                np.array([row[0] for row in rows]),
                np.array([row[1] for row in rows]),
                sum(len(row[2]) for row in rows),
                starts,
                np.concatenate([np.array(row[2], dtype=np.int32) for row in rows]),
                np.concatenate([np.array(row[3]) for row in rows]),
            )
        if cancel is not None:
            stop = cancel

            def ask(event: highspy.HighsCallbackEvent) -> None:
                if stop() and event.data_in is not None:
                    event.data_in.user_interrupt = True

            highs.cbMipInterrupt += ask
        return highs

    def teams_of(self, values: list[float]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Teams by key from the solver's values."""
        teams: dict[str, list[str]] = {}
        for (challenge_key, official_key), number in self.numbers.items():
            if official_key and values[number] > 0.5:
                teams.setdefault(challenge_key, []).append(official_key)
        return tuple((key, tuple(teams[key])) for key in sorted(teams))

    def solve(self, seconds: float, cancel: Callable[[], bool] | None) -> Answer:
        """Any answer, without regard to points."""
        highs = self.built(seconds, cancel)
        if highs is None:
            return Answer(False)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Answer(False)
        if highs.getModelStatus() == highspy.HighsModelStatus.kModelEmpty:
            return Answer(True)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return Answer(None)
        return Answer(True, self.teams_of(list(highs.getSolution().col_value)))
