"""The best teams of one challenge at given prices of the officials: bounded enumeration.

A team is worth its points less the prices of its members. Points that are maxima over members
(coverage, ties) only shrink as a team grows: what a third member adds to two is at most what it
adds to one of them. That bounds every team by pairs with its first member, and the few teams
that pass the bound are counted exactly. What is returned is exact: no better team is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from companion.matching.instance import Floats, Instance, Ints

# Below anything a team can be worth, above what stands for "no such team".
NOTHING = -1e15
# How many officials the quick search combines with each other, by team size.
# Pairs looked at in one block.
BLOCK = 500_000
QUICK = {1: 400, 2: 120, 3: 40, 4: 22}
WIDE = {1: 800, 2: 240, 3: 76, 4: 36}


@dataclass(frozen=True)
class Priced:
    """Teams found (T × size), what each is worth, and worth less prices, best first."""

    teams: Ints
    values: Ints
    net: Floats

    @property
    def best(self) -> float:
        """The best net worth, minus infinity without a team."""
        return float(self.net[0]) if len(self.net) else -np.inf


class Pricer:
    """Looks for teams of one challenge after another."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def quick(self, r: int, prices: Floats, limit: int = 8, *, wide: bool = False) -> Priced:
        """Good teams of challenge r, found fast; there may be better ones.

        `wide` combines more officials, for several times the time.
        """
        local = _Local(self.instance, r, prices)
        if len(local.officials) < self.instance.size:
            return _none(self.instance.size)
        return self._count_exactly(
            r, prices, NOTHING, limit, [local.promising(limit, WIDE if wide else QUICK)], local
        )

    def exact(self, r: int, prices: Floats, threshold: float, limit: int | None = None) -> Priced:
        """Every team of challenge r whose net worth is at least the threshold.

        With a limit only the best are returned, but none above them is left out.
        """
        threshold = max(threshold, NOTHING)
        local = _Local(self.instance, r, prices)
        local.narrow(threshold)
        if len(local.officials) < self.instance.size:
            return _none(self.instance.size)
        return self._count_exactly(r, prices, threshold, limit, local.teams(threshold), local)

    def _count_exactly(
        self,
        r: int,
        prices: Floats,
        threshold: float,
        limit: int | None,
        found: list[Ints],
        local: _Local,
    ) -> Priced:
        instance, size = self.instance, self.instance.size
        if not found:
            return _none(size)
        teams = np.sort(local.officials[np.concatenate(found)], axis=1)
        teams = teams[instance.are_legal(r, teams)]
        scores = instance.scores(r, teams)
        teams = teams[scores >= instance.least]
        values = instance.values(r, teams)
        net = values - prices[teams].sum(axis=1)
        kept = np.flatnonzero(net >= threshold)
        # By net worth, then by members: never by the order in which they were met.
        columns = tuple(teams[kept, k] for k in reversed(range(size)))
        order = kept[np.lexsort((*columns, -net[kept]))][:limit]
        return Priced(teams[order], values[order], net[order])


class _Local:
    """One challenge's officials, strongest first, with all that bounds need."""

    def __init__(self, instance: Instance, r: int, prices: Floats) -> None:
        self.instance, self.r = instance, r
        officials = np.flatnonzero(instance.legal[r])
        weights = instance.problem.weights
        cover = instance.levels[r][:, officials] * (weights.coverage / 10_000)
        tie = instance.tie[r, officials] * (weights.ties / 100)
        strength = cover.sum(axis=0) + tie
        pinned = sorted(instance.pinned.get(r, ()))
        first = np.isin(officials, pinned)
        order = np.lexsort((officials, -strength, ~first))
        self.officials = officials[order]
        # One row per maximum that is taken over members.
        self.tops = np.vstack([cover, tie[None, :]])[:, order]
        self.strength = strength[order]
        self.base = instance.base[r, self.officials]
        self.prices = prices[self.officials].astype(float)
        if r in instance.kept and instance.problem.keep.bonus:
            stays = np.isin(self.officials, instance.kept[r])
            self.prices = self.prices - instance.problem.keep.bonus * stays
        self.differ = instance.differ[self.officials]
        self.rank = instance.rank[self.officials]
        self.lead = instance.lead[self.officials]
        self.pinned = len(pinned)
        self.merit = float(instance.merit[r])

    def _worth(self, points: Floats, prices: Floats) -> Floats:
        """Net worth of teams of given points: a shortfall counts more than once."""
        instance = self.instance
        short = (instance.slope - 1) * np.maximum(0.0, instance.floor - points)
        return np.asarray(points - short + self.merit - prices)

    def _keep(self, places: Ints) -> None:
        """Go on with these officials only (places in order)."""
        self.officials = self.officials[places]
        self.tops = self.tops[:, places]
        self.strength = self.strength[places]
        self.base = self.base[places]
        self.prices = self.prices[places]
        self.differ = self.differ[places]
        self.rank = self.rank[places]
        self.lead = self.lead[places]

    def narrow(self, threshold: float) -> None:
        """Leave out officials who cannot be in a team that reaches the threshold.

        Two bounds: maxima are at most those of all officials together, and at most the sum of
        what each member alone would bring.
        """
        instance = self.instance
        if len(self.officials) <= instance.size:
            return
        others = instance.size - 1
        need = threshold - self.instance.rounding - self.merit - instance.mix[instance.size]
        most = self.tops.max(axis=1).sum()
        fine = np.ones(len(self.officials), dtype=bool)
        for slope, lost in ((1, 0.0), (instance.slope, (instance.slope - 1) * instance.floor)):
            extra = (slope - 1) * (instance.mix[instance.size] + instance.rounding) - lost
            plain = slope * self.base - self.prices
            alone = plain + slope * self.strength
            for worth, shared in ((plain, slope * most), (alone, 0.0)):
                top = np.sort(worth)[::-1][: others + 1]
                rest = np.where(worth >= top[others], top.sum() - worth, top[:others].sum())
                fine &= worth + rest + shared + extra >= need
        fine[: self.pinned] = True
        if not fine.all():
            self._keep(np.flatnonzero(fine))

    def promising(self, limit: int, at_most: dict[int, int]) -> Ints:
        """Places of the best legal teams among the officials that look best alone."""
        instance = self.instance
        size = instance.size
        most = at_most[size]
        if len(self.officials) > most:
            plain = self.base - self.prices
            ranked = [plain + self.strength, plain, *(plain + row for row in self.tops)]
            orders = [np.argsort(-worth, kind="stable") for worth in ranked]
            fine = np.zeros(len(self.officials), dtype=bool)
            fine[: self.pinned] = True
            fine[orders[0][: most // 2]] = True
            turn = 0
            while fine.sum() < most:
                for order in orders:
                    fine[order[turn]] = True
                turn += 1
            self._keep(np.flatnonzero(fine))
        members = _combinations(len(self.officials), size)
        worth = self._count(members)
        if len(worth) > 4 * limit:
            best = np.argpartition(-worth, 4 * limit)[: 4 * limit]
        else:
            best = np.arange(len(worth))
        return members[:, best].T

    def teams(self, threshold: float) -> list[Ints]:
        """Places of the members of every team that may reach the threshold."""
        size = self.instance.size
        everyone = np.arange(len(self.officials))
        if size == 1:
            worth = self._worth(self.base + self.strength, self.prices)
            return [everyone[worth >= threshold - self.instance.rounding][:, None]]
        found: list[Ints] = []
        self._extend(found, (), np.zeros(len(self.tops)), everyone, threshold)
        return found

    def _extend(
        self,
        found: list[Ints],
        members: tuple[int, ...],
        tops: Floats,
        candidates: Ints,
        threshold: float,
    ) -> None:
        """Try each candidate as the next member, those after it as the others."""
        instance = self.instance
        left = instance.size - len(members)  # at least two
        chosen = list(members)
        points = self.base[chosen].sum() + tops.sum()
        price = self.prices[chosen].sum()
        gains = np.maximum(self.tops[:, candidates] - tops[:, None], 0).sum(axis=0)
        own = self.base[candidates] + gains
        # What candidate b adds at most beside candidate a.
        raised = np.maximum(self.tops[:, candidates], tops[:, None])
        over = np.zeros((len(candidates), len(candidates)))
        for row in raised:
            over += np.maximum(row[None, :] - row[:, None], 0)
        over += self.base[candidates][None, :]
        behind = np.triu(np.ones(over.shape, dtype=bool), 1)
        behind &= self.differ[candidates][None, :] != self.differ[candidates][:, None]
        mix = instance.mix[instance.size]
        net_over = np.where(behind, over - self.prices[candidates][None, :], -np.inf)
        best = _largest(net_over, left - 1)
        # Points and prices are bounded together, and with the shortfall counted in full.
        start = points + own - price - self.prices[candidates] + mix + self.merit
        bound = start + best.sum(axis=1)
        need = threshold - self.instance.rounding
        steep = self._steep(own, over, behind, points, price, candidates, left)
        reach = points + own + mix + self.instance.rounding
        if instance.least > NOTHING:
            reach = reach + _largest(np.where(behind, over, -np.inf), left - 1).sum(axis=1)
        else:
            reach = np.full(len(candidates), np.inf)
        alive = np.flatnonzero((bound >= need) & (steep >= need) & (reach >= instance.least))
        if len(members) < self.pinned:
            # Pinned members come first in the order, so each is the next in turn.
            alive = alive[alive == 0]
        near = net_over + (best[:, :-1].sum(axis=1) + start)[:, None] >= need
        if left == 3:
            row, column = np.nonzero(near[alive])
            worth = net_over[alive][row, column]
            for places in _pairs_of(alive[row], column, worth, start, need):
                self._close(found, members, tuple(candidates[p] for p in places), threshold)
            return
        for a in alive.tolist():
            others = candidates[near[a]]
            if left == 2:
                first = np.full(len(others), candidates[a])
                self._close(found, members, (first, others), threshold)
            elif len(others) >= left - 1:
                member = (*members, int(candidates[a]))
                self._extend(found, member, raised[:, a], others, threshold)

    def _steep(
        self,
        own: Floats,
        over: Floats,
        behind: NDArray[np.bool_],
        points: float,
        price: float,
        candidates: Ints,
        left: int,
    ) -> Floats:
        """The same bound for teams under the floor, where each point counts more than once."""
        instance = self.instance
        if instance.slope == 1:
            return np.full(len(candidates), np.inf)
        prices = self.prices[candidates]
        net = np.where(behind, instance.slope * over - prices[None, :], -np.inf)
        best = _largest(net, left - 1).sum(axis=1)
        mix = instance.mix[instance.size]
        short = (instance.slope - 1) * instance.floor
        return np.asarray(
            instance.slope * (points + own + mix + self.instance.rounding)
            - short
            - price
            - prices
            + self.merit
            + best
        )

    def _close(
        self,
        found: list[Ints],
        members: tuple[int, ...],
        others: Sequence[Ints],
        threshold: float,
    ) -> None:
        """Count whole teams: the members already chosen with each row of the others."""
        count = len(others[0])
        if not count:
            return
        teams = np.array([*(np.full(count, m) for m in members), *others])
        worth = self._count(teams)
        fine = worth >= threshold - self.instance.rounding
        if fine.any():
            found.append(teams[:, fine].T)

    def _count(self, members: Ints) -> Floats:
        """Net worth of teams (size × T), but for rounding; minus infinity where illegal."""
        instance = self.instance
        size = len(members)
        first, others = members[0], members[1:]
        fine = self.lead[first]
        for other in others:
            fine = fine | self.lead[other]
        for x, y in combinations(range(size), 2):
            fine &= self.differ[members[x]] != self.differ[members[y]]
        for k in range(min(self.pinned, size)):
            fine &= (members == k).any(axis=0)
        # One maximum after the other is much faster here than one over an axis.
        points = self.base[first] + self.instance.rounding
        prices = self.prices[first]
        for other in others:
            points += self.base[other]
            prices += self.prices[other]
        for row in self.tops:
            top = row[first]
            for other in others:
                np.maximum(top, row[other], out=top)
            points += top
        if size == 3:
            a, b, c = (self.rank[member] for member in members)
            distinct = 1 + (a != b).astype(np.int64) + ((c != a) & (c != b))
        else:
            ranks = np.sort(self.rank[members], axis=0)
            distinct = 1 + (np.diff(ranks, axis=0) != 0).sum(axis=0)
        points += np.array(instance.mix)[distinct]
        fine &= points >= instance.least
        return np.where(fine, self._worth(points, prices), -np.inf)


def _pairs_of(
    groups: Ints, places: Ints, worth: Floats, start: Floats, need: float
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Two places of the same group whose worth with the group's start reaches the need.

    `groups` is sorted. Yields (group, first place, second place) in blocks of bounded size.
    """
    if not len(groups):
        return
    ends = np.searchsorted(groups, groups, side="right")
    following = ends - np.arange(len(groups)) - 1
    total = np.cumsum(following)
    begin = 0
    while begin < len(groups):
        past = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, past + BLOCK, side="right")))
        counts = following[begin:end]
        first = np.repeat(np.arange(begin, end), counts)
        offsets = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        second = first + 1 + offsets
        fine = worth[first] + worth[second] + start[groups[first]] >= need
        first, second = first[fine], second[fine]
        yield groups[first], places[first], places[second]
        begin = end


@cache
def _combinations(count: int, size: int) -> Ints:
    """All choices of places, one row per member, one column per team."""
    return np.array(list(combinations(range(count), size)), dtype=np.int64).reshape(-1, size).T


def _largest(table: Floats, count: int) -> Floats:
    """The largest entries of each row, the largest first; minus infinity where there are fewer."""
    if table.shape[1] < count:
        table = np.pad(table, ((0, 0), (0, count - table.shape[1])), constant_values=-np.inf)
    if count == 0:
        return np.zeros((len(table), 0))
    top = np.partition(table, table.shape[1] - count, axis=1)[:, -count:]
    return -np.sort(-top, axis=1)


def _none(size: int) -> Priced:
    return Priced(np.zeros((0, size), dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
