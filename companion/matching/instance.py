"""A problem as arrays, in the order of keys: the same question in any row order is the same.

Rows are challenges, columns officials. Shapes: R challenges, N officials, F policy fields.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from companion.matching.problem import MUNICIPALITY, PREFECTURE, REGION, Mode, Place, Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Instance:
    """The arrays the solver reads, made once per problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.challenges = sorted(problem.challenges, key=lambda c: c.key)
        self.officials = sorted(problem.officials, key=lambda o: o.key)
        self.row = {challenge.key: r for r, challenge in enumerate(self.challenges)}
        self.column = {official.key: n for n, official in enumerate(self.officials)}
        self.size = problem.rules.team_size
        self.count = problem.rules.team_count
        self._read_officials()
        self._read_challenges()
        self._read_places()
        self._read_decisions()
        # Any team under this score is illegal; raised by the mode that lifts the worst first.
        self.least = -(10**15)
        self._read_scores()

    @property
    def shape(self) -> tuple[int, int]:
        """(challenges, officials)."""
        return len(self.challenges), len(self.officials)

    def _read_officials(self) -> None:
        problem, officials = self.problem, self.officials
        self.groups = sorted({problem.ministry_of(o) for o in officials})
        group_index = {name: g for g, name in enumerate(self.groups)}
        ranks = sorted({o.rank_class for o in officials})
        self.group = np.array([group_index[problem.ministry_of(o)] for o in officials], dtype=int)
        # The group by which members of one team must differ; each their own without that rule.
        self.differ = self.group if problem.rules.distinct_ministries else np.arange(len(officials))
        self.rank = np.array([ranks.index(o.rank_class) for o in officials], dtype=int)
        self.lead = np.array(
            [o.can_lead or not problem.rules.needs_leader for o in officials], dtype=bool
        )
        self.capacity = np.array([o.capacity for o in officials], dtype=int)
        self.minimum = np.array([o.minimum for o in officials], dtype=int)
        self.limits = {
            g: limit
            for g, name in enumerate(self.groups)
            if (limit := problem.rules.limit_of(name)) is not None
        }

    def _read_challenges(self) -> None:
        problem, challenges = self.problem, self.challenges
        self.merit = np.array([c.merit for c in challenges], dtype=np.int64)
        self.prefectures = sorted({c.prefecture_code for c in challenges})
        index = {code: p for p, code in enumerate(self.prefectures)}
        self.prefecture = np.array([index[c.prefecture_code] for c in challenges], dtype=int)
        caps = [problem.rules.soft_cap_of(code) for code in self.prefectures]
        self.soft_cap = np.array([len(challenges) if c is None else c for c in caps], dtype=int)

    def _rows_in(self) -> dict[Place, list[int]]:
        rows: dict[Place, list[int]] = {}
        for r, challenge in enumerate(self.challenges):
            rows.setdefault((MUNICIPALITY, challenge.key), []).append(r)
            rows.setdefault((PREFECTURE, challenge.prefecture_code), []).append(r)
            if challenge.region:
                rows.setdefault((REGION, challenge.region), []).append(r)
        return rows

    def _read_places(self) -> None:
        """Wish and tie percents, and where an official may go at all."""
        problem, weights, rows = self.problem, self.problem.weights, self._rows_in()
        self.legal = np.ones(self.shape, dtype=bool)
        self.wish = np.zeros(self.shape, dtype=np.int16)
        self.tie = np.zeros(self.shape, dtype=np.int16)

        def lift(table: NDArray[np.int16], place: Place, n: int, percent: int) -> None:
            for r in rows.get(place, ()):
                table[r, n] = max(table[r, n], percent)

        for n, official in enumerate(self.officials):
            if official.anywhere:
                self.wish[:, n] = weights.wish_anywhere
            orders = {MUNICIPALITY: 0, PREFECTURE: 0, REGION: 0}
            for kind, name in official.wishes:
                order = orders[kind]
                orders[kind] += 1
                if kind == REGION:
                    lift(self.wish, (kind, name), n, _at(weights.wish_region, order))
                    continue
                if kind == MUNICIPALITY:
                    lift(self.wish, (kind, name), n, _at(weights.wish_municipality, order))
                percent = _at(weights.wish_prefecture, order)
                lift(self.wish, (PREFECTURE, name[:2]), n, percent)
            for kind, name in official.ties:
                region = name
                if kind == MUNICIPALITY:
                    lift(self.tie, (kind, name), n, weights.tie_municipality)
                if kind != REGION:
                    lift(self.tie, (PREFECTURE, name[:2]), n, weights.tie_prefecture)
                    region = problem.region_by_prefecture.get(name[:2], "")
                lift(self.tie, (REGION, region), n, weights.tie_region)
            for place in official.excluded + official.conflicts:
                self.legal[rows.get(place, []), n] = False
            if problem.rules.needs_consent and not official.consented:
                self.legal[:, n] = False

    def _read_decisions(self) -> None:
        decisions = self.problem.decisions
        # Reasons why a wish of the secretariat cannot be read; words are added elsewhere.
        self.pinned: dict[int, set[int]] = {}
        self.locked: dict[int, tuple[int, ...]] = {}
        for challenge, official in decisions.bans:
            if challenge in self.row and official in self.column:
                self.legal[self.row[challenge], self.column[official]] = False
        for official in decisions.officials_out:
            if official in self.column:
                self.legal[:, self.column[official]] = False
        self.out = np.zeros(len(self.challenges), dtype=bool)
        self.out[self._rows(decisions.challenges_out)] = True
        self.legal[self.out] = False
        for challenge, official in decisions.members:
            self.pinned.setdefault(self.row[challenge], set()).add(self.column[official])
        for challenge, members in decisions.locks:
            row = self.row[challenge]
            self.locked[row] = tuple(sorted(self.column[m] for m in members))
            self.pinned.setdefault(row, set()).update(self.locked[row])
        self.forced = np.zeros(len(self.challenges), dtype=bool)
        self.forced[[*self.pinned, *self._rows(decisions.challenges_in)]] = True
        for row, locked in self.locked.items():
            outside = np.ones(len(self.officials), dtype=bool)
            outside[list(locked)] = False
            self.legal[row, outside] = False
        # An official whose places are all pinned is not looked at elsewhere.
        taken = np.zeros(len(self.officials), dtype=int)
        for columns in self.pinned.values():
            taken[list(columns)] += 1
        for n in np.flatnonzero((taken > 0) & (taken >= self.capacity)):
            for r in range(len(self.challenges)):
                if n not in self.pinned.get(r, ()):
                    self.legal[r, n] = False
        keep = self.problem.keep
        self.kept = {
            self.row[challenge]: np.array(
                sorted(self.column[m] for m in members if m in self.column), dtype=int
            )
            for challenge, members in keep.teams.items()
            if challenge in self.row
        }

    def _rows(self, keys: Iterable[str]) -> list[int]:
        return [self.row[key] for key in keys]

    def _read_scores(self) -> None:
        problem, weights, size = self.problem, self.problem.weights, self.size
        shape = self.shape
        if problem.matrix is not None:
            self.floor = -(10**12)
            self.slope = 1
            base = np.zeros(shape)
            for key, row in problem.matrix.items():
                for official, points in row.items():
                    base[self.row[key], self.column[official]] = points
            self.base = base
            self.given: Ints | None = base.astype(np.int64)
            self.levels: list[Ints] = [np.zeros((0, shape[1]), dtype=np.int64)] * shape[0]
            self.tie[:] = 0
            self.mix = [0] * (size + 1)
            self.rounding = 0.0
            return
        self.given = None
        self.floor = weights.floor
        self.slope = weights.shortfall_times
        codes = sorted({code for c in self.challenges for code in c.fields})
        percent = np.array(weights.level_percent)
        by_field = {
            code: percent[[o.levels.get(code, 0) for o in self.officials]].astype(np.int64)
            if self.officials
            else np.zeros(0, dtype=np.int64)
            for code in codes
        }
        # For each challenge: share of the field times percent of the level, one row per field.
        self.levels = [
            np.array(
                [share * by_field[code] for code, share in sorted(c.fields.items())],
                dtype=np.int64,
            ).reshape(len(c.fields), shape[1])
            for c in self.challenges
        ]
        days = np.array(
            [-1 if o.travel_days is None else max(0, o.travel_days) for o in self.officials]
        )
        self.travel = np.zeros(shape, dtype=np.int16)
        self.stay = np.zeros(shape, dtype=bool)
        for r, challenge in enumerate(self.challenges):
            fit = np.minimum(100, days * 100 // weights.travel_days[challenge.remoteness])
            self.travel[r] = np.where(days < 0, weights.travel_unknown, fit)
            for key in challenge.last_members:
                if key in self.column and self.officials[self.column[key]].wants_to_stay:
                    self.stay[r, self.column[key]] = True
        self.mix = [0] * (size + 1)
        for ranks in range(2, size + 1):
            self.mix[ranks] = _half_up(weights.mix * (ranks - 1), size - 1)
        self.deep = np.array([table.sum(axis=0) for table in self.levels], dtype=np.int64).reshape(
            shape
        )
        # Parts that are rounded on the whole team, half a hundredth each at most.
        rounded = [weights.coverage, weights.ties, weights.wishes, weights.depth, weights.travel]
        rounded.append(weights.continuity if self.stay.any() else 0)
        self.rounding = 0.5 * sum(weight > 0 for weight in rounded) + 1e-5
        # The part of a team's points that is a plain sum over members, before rounding.
        self.base = (
            weights.wishes / (100 * size) * self.wish
            + weights.depth / (10_000 * size) * self.deep
            + weights.travel / (100 * size) * self.travel
            + weights.continuity / size * self.stay
        )

    @property
    def worst_first(self) -> bool:
        """True in the mode that lifts the worst team first."""
        return self.problem.rules.mode is Mode.WORST_FIRST

    def scores(self, r: int, teams: Ints) -> Ints:
        """Exact scores in hundredths of teams (T × size member columns) for challenge r."""
        if self.given is not None:
            return np.asarray(self.given[r][teams].sum(axis=1), dtype=np.int64)
        weights, size = self.problem.weights, self.size
        covered = self.levels[r][:, teams].max(axis=2).sum(axis=0)
        ranks = np.sort(self.rank[teams], axis=1)
        distinct = 1 + (np.diff(ranks, axis=1) != 0).sum(axis=1)
        wish = self.wish[r].astype(np.int64)[teams].sum(axis=1)
        travel = self.travel[r].astype(np.int64)[teams].sum(axis=1)
        tie = self.tie[r].astype(np.int64)[teams].max(axis=1)
        return np.asarray(
            _half_up_all(weights.coverage * covered, 10_000)
            + _half_up_all(weights.wishes * wish, 100 * size)
            + _half_up_all(weights.ties * tie, 100)
            + np.array(self.mix)[distinct]
            + _half_up_all(weights.depth * self.deep[r][teams].sum(axis=1), 10_000 * size)
            + _half_up_all(weights.travel * travel, 100 * size)
            + _half_up_all(weights.continuity * self.stay[r][teams].sum(axis=1), size),
            dtype=np.int64,
        )

    def kept_members(self, r: int, teams: Ints) -> Ints:
        """How many of each team's members stand in challenge r already."""
        if r not in self.kept:
            return np.zeros(len(teams), dtype=np.int64)
        return np.asarray(np.isin(teams, self.kept[r]).sum(axis=1), dtype=np.int64)

    def values(self, r: int, teams: Ints) -> Ints:
        """What teams are worth to the programme: score, shortfall, merit and keeping."""
        scores = self.scores(r, teams)
        short = (self.slope - 1) * np.maximum(0, self.floor - scores)
        kept = self.problem.keep.bonus * self.kept_members(r, teams)
        return np.asarray(scores - short + self.merit[r] + kept, dtype=np.int64)

    def are_legal(self, r: int, teams: Ints) -> NDArray[np.bool_]:
        """True for each team that obeys every rule about one team alone."""
        groups = np.sort(self.differ[teams], axis=1)
        fine = (np.diff(groups, axis=1) != 0).all(axis=1) & self.lead[teams].any(axis=1)
        members = np.sort(teams, axis=1)
        fine &= (np.diff(members, axis=1) != 0).all(axis=1)
        fine &= self.legal[r][teams].all(axis=1)
        if not self.problem.rules.distinct_ministries:
            for g, limit in self.limits.items():
                fine &= (self.group[teams] == g).sum(axis=1) <= limit
        for n in self.pinned.get(r, ()):
            fine &= (teams == n).any(axis=1)
        return np.asarray(fine)


def _at(percents: tuple[int, ...], order: int) -> int:
    return percents[min(order, len(percents) - 1)] if percents else 0


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _half_up_all(numerators: Ints, denominator: int) -> Ints:
    return np.asarray((2 * numerators + denominator) // (2 * denominator), dtype=np.int64)
