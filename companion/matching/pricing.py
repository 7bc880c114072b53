"""The best teams of one challenge at given prices of the officials.

A team is worth its points less the prices of its members. The quick search combines the officials
that look best alone; the exact one leaves no better team out (see `kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from companion.matching.candidates import Candidates
from companion.matching.instance import Floats, Instance, Ints
from companion.matching.kinds import teams_reaching

# Below anything a team can be worth, above what stands for "no such team".
NOTHING = -1e15


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

    def quick(self, r: int, prices: Floats, limit: int = 8) -> Priced:
        """Good teams of challenge r, found fast; there may be better ones."""
        local = Candidates(self.instance, r, prices)
        if len(local.officials) < self.instance.size:
            return _none(self.instance.size)
        return self._count_exactly(r, prices, NOTHING, limit, [local.promising(limit)], local)

    def exact(self, r: int, prices: Floats, threshold: float, limit: int | None = None) -> Priced:
        """Every team of challenge r whose net worth is at least the threshold.

        With a limit only the best are returned, but none above them is left out.
        """
        threshold = max(threshold, NOTHING)
        local = Candidates(self.instance, r, prices)
        local.narrow(threshold)
        if len(local.officials) < self.instance.size:
            return _none(self.instance.size)
        return self._count_exactly(
            r, prices, threshold, limit, teams_reaching(local, threshold), local
        )

    def _count_exactly(
        self,
        r: int,
        prices: Floats,
        threshold: float,
        limit: int | None,
        found: list[Ints],
        local: Candidates,
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


def _none(size: int) -> Priced:
    return Priced(np.zeros((0, size), dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
