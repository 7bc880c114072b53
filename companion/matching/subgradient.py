"""First prices of officials without a linear programme: who is wanted too often gets dearer.

The deflected subgradient method with Polyak's step towards a target just below the best bound.
The prices are only a start; nothing is proven by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from companion.matching.bound import lagrange_bound
from companion.matching.instance import Floats, Instance, Ints
from companion.matching.pricing import Pricer

ROUNDS = 12
LAST = 8  # the teams of so many last rounds are kept
TARGET = 0.995  # of the best bound seen


def first_prices(
    instance: Instance,
    pricer: Pricer,
    rows: Sequence[int],
    goes_on: Callable[[], bool],
) -> tuple[Floats, list[tuple[int, Ints, Ints]]]:
    """Prices of officials in hundredths, and the teams met: (challenge, teams, values)."""
    challenges, officials = instance.shape
    prices = np.zeros(officials)
    direction = np.zeros(officials)
    best, best_prices = np.inf, prices
    step, stalled = 1.0, 0
    pools: list[list[tuple[int, Ints, Ints]]] = []
    for turn in range(ROUNDS):
        if not goes_on():
            break
        net = np.full(challenges, -np.inf)
        wanted: dict[int, Ints] = {}
        pool = []
        for r in rows:
            found = pricer.quick(r, prices, 3)
            if len(found.net):
                net[r] = found.best
                wanted[r] = found.teams[0]
                pool.append((r, found.teams, found.values))
        pools.append(pool)
        bound = lagrange_bound(instance, net, float((prices * instance.capacity).sum()))
        if not np.isfinite(bound):
            break
        if bound < best - 1:
            best, best_prices, stalled = bound, prices, 0
        else:
            stalled += 1
            if stalled >= 3:
                step, stalled = 0.6 * step, 0
        chosen = sorted(wanted, key=lambda r: (not instance.forced[r], -net[r], r))
        used = np.zeros(officials)
        for r in chosen[: instance.count]:
            used[wanted[r]] += 1
        excess = used - instance.capacity
        excess[(prices <= 0) & (excess < 0)] = 0
        direction = 0.6 * direction + 0.4 * excess if turn else excess
        length = float(direction @ direction)
        if length < 1e-9:
            break
        distance = max(bound - TARGET * best, 1.0)
        prices = np.maximum(0.0, prices + step * distance / length * direction)
    return best_prices, [item for pool in pools[-LAST:] for item in pool]
