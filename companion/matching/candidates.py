"""One challenge's officials at given prices: who is worth looking at, and what their teams net."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from companion.matching.instance import Floats, Instance, Ints

# How many officials the quick search combines with each other, by team size.
QUICK = {1: 400, 2: 120, 3: 40, 4: 22}


class Candidates:
    """One challenge's officials, strongest first (the pinned before all), with what bounds need."""

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

    def promising(self, limit: int) -> Ints:
        """Places of the best legal teams among the officials that look best alone."""
        instance = self.instance
        size = instance.size
        most = QUICK[size]
        if len(self.officials) > most:
            plain = self.base - self.prices
            ranked = [plain + self.strength, plain, *(plain + row for row in self.tops)]
            orders = [_first(worth, most) for worth in ranked]
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
        worth = self.count(members)
        if len(worth) > 4 * limit:
            best = np.argpartition(-worth, 4 * limit)[: 4 * limit]
        else:
            best = np.arange(len(worth))
        return members[:, best].T

    def count(self, members: Ints) -> Floats:
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


def _first(worth: Floats, count: int) -> Ints:
    """Places of the largest entries, the largest first, of equals the earlier."""
    if len(worth) > 2 * count:
        least = np.partition(worth, len(worth) - count)[len(worth) - count]
        places = np.flatnonzero(worth >= least)
        return places[np.argsort(-worth[places], kind="stable")][:count]
    return np.argsort(-worth, kind="stable")


@cache
def _combinations(count: int, size: int) -> Ints:
    """All choices of places, one row per member, one column per team."""
    return np.array(list(combinations(range(count), size)), dtype=np.int64).reshape(-1, size).T
