"""The bound behind every answer: what the officials' prices leave at best (Lagrange).

Given prices, each challenge earns at most its best team net of prices. Choosing places is then
easy: within a prefecture each further challenge earns no more than the one before (the bonus
comes first, the deductions last), so the most valuable steps over all prefectures are taken.
"""

from __future__ import annotations

import numpy as np

from companion.matching.instance import Floats, Instance


def lagrange_bound(instance: Instance, net: Floats, constant: float) -> float:
    """An upper bound on every legal answer, in hundredths.

    `net`: for each challenge the most a team can be worth less its members' prices, minus
    infinity where there is no team. `constant`: what the prices themselves are worth. Minus
    infinity tells that there is no legal answer at all.
    """
    weights = instance.problem.weights
    steps: list[float] = []
    total = constant
    chosen = int(instance.forced.sum())
    if chosen > instance.count:
        return -np.inf
    for p in range(len(instance.prefectures)):
        here = instance.prefecture == p
        forced = net[here & instance.forced]
        free = np.sort(net[here & ~instance.forced])[::-1]
        order = np.concatenate([forced, free])
        extra = np.zeros(len(order))
        extra[:1] += weights.prefecture_bonus
        extra[int(instance.soft_cap[p]) :] -= weights.over_cap
        marginal = order + extra
        total += float(marginal[: len(forced)].sum())
        steps += marginal[len(forced) :].tolist()
    missing = instance.count - chosen
    if missing > len(steps):
        return -np.inf
    total += float(np.sort(np.array(steps))[::-1][:missing].sum()) if missing else 0.0
    return total
