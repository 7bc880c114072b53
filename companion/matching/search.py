"""Good answers fast: a first one, and better ones by reopening a few teams at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.matching.choose import choose, unmet, worth
from companion.matching.instance import Floats, Instance
from companion.matching.master import Column
from companion.matching.pricing import Pricer

# An official who is not at hand: no team can pay this.
NEVER = 1e9
# Teams listed for each challenge that is reopened.
PER_CHALLENGE = 60
# Challenges not chosen that are looked at beside the reopened ones.
NEWCOMERS = 6


@dataclass(frozen=True)
class Guide:
    """What is promising: prices of officials, what a team of each challenge must earn, and the
    most it can earn net of prices (all in hundredths)."""

    officials: Floats
    places: Floats
    net: Floats


class Pool:
    """Teams listed as promising, to be chosen among again and again."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows = np.array([r for r, _, _ in columns], dtype=np.int64)
        self.members = np.array([members for _, members, _ in columns], dtype=np.int64)

    def beside(self, fixed: Sequence[Column], away: NDArray[np.bool_]) -> list[Column]:
        """Teams of other challenges than the fixed ones, without anybody who is away."""
        if not self.columns:
            return []
        done = np.isin(self.rows, [r for r, _, _ in fixed])
        fine = ~done & ~away[self.members].any(axis=1)
        return [self.columns[k] for k in np.flatnonzero(fine).tolist()]


class Search:
    """Builds and improves choices of teams; all randomness comes from the seed."""

    def __init__(self, instance: Instance, pricer: Pricer, seed: int) -> None:
        self.instance = instance
        self.pricer = pricer
        self.rng = np.random.default_rng(seed)
        self.rows = np.flatnonzero(~instance.out)
        self.guide: Guide | None = None
        self.dreams: dict[int, list[int]] = {}

    def greedy(self, prices: Floats, order: Sequence[int]) -> list[Column]:
        """Take challenges in the given order (decided ones first), each with its best team."""
        instance = self.instance
        chosen: list[Column] = []
        first = [r for r in order if instance.forced[r]]
        for r in [*first, *(r for r in order if not instance.forced[r])]:
            if len(chosen) == instance.count:
                break
            found = self.pricer.quick(r, prices + self.taken(chosen, r), 4)
            for team, value in zip(found.teams.tolist(), found.values.tolist(), strict=True):
                if self.fits(chosen, (r, tuple(team), value)):
                    chosen.append((r, tuple(team), value))
                    break
        return chosen

    def fits(self, chosen: Sequence[Column], column: Column) -> bool:
        """True if a team can stand beside the chosen ones."""
        instance = self.instance
        members = list(column[1])
        if self.taken(chosen, column[0])[members].any():
            return False
        everyone = members + [n for _, team, _ in chosen for n in team]
        groups = instance.group[everyone]
        return all((groups == g).sum() <= limit for g, limit in instance.limits.items())

    def taken(self, chosen: Sequence[Column], r: int | None = None) -> Floats:
        """Surcharge on officials who have no seat left beside the chosen teams.

        Officials pinned to another challenge than r are kept for it.
        """
        instance = self.instance
        used = np.zeros(len(instance.officials), dtype=int)
        for _, members, _ in chosen:
            used[list(members)] += 1
        done = {row for row, _, _ in chosen}
        for row, pinned in instance.pinned.items():
            if row != r and row not in done:
                used[list(pinned)] += 1
        away = used >= instance.capacity
        for g, limit in instance.limits.items():
            if used[instance.group == g].sum() >= limit:
                away |= instance.group == g
        return np.where(away, NEVER, 0.0)

    def reopen(
        self, chosen: list[Column], guide: Guide, count: int, seconds: float
    ) -> list[Column]:
        """Free some teams and choose again, exactly, among their most promising new teams.

        Returns the better of the old and the new choice.
        """
        instance = self.instance
        prices = guide.officials
        opened = self._neighbours(chosen, guide, count)
        fixed = [column for k, column in enumerate(chosen) if k not in opened]
        old = [column for k, column in enumerate(chosen) if k in opened]
        surcharge = self.taken(fixed)
        done = {r for r, _, _ in fixed}
        rows = [r for r, _, _ in old]
        rest = [int(r) for r in self.rows if r not in done and r not in rows]
        forced = [r for r in rest if instance.forced[r]]
        free = [r for r in rest if not instance.forced[r]]
        missing = max(0, instance.count - len(chosen))
        rows += forced
        if free:
            behind = (guide.places - guide.net)[free]
            noise = self.rng.exponential(scale=300.0, size=len(free))
            top = np.argsort(behind - noise, kind="stable")
            rows += [free[k] for k in top[: NEWCOMERS + 2 * missing]]
        columns: list[Column] = []
        for r in rows:
            extra = surcharge.copy()
            mine = list(instance.pinned.get(r, ()))
            extra[mine] = 0.0
            found = self.pricer.quick(r, prices + extra, PER_CHALLENGE)
            fine = found.net > -NEVER / 2
            columns += [
                (r, tuple(team), value)
                for team, value in zip(
                    found.teams[fine].tolist(), found.values[fine].tolist(), strict=True
                )
            ]
        choice = choose(
            instance,
            [*columns, *old],
            seconds=seconds,
            start=chosen,
            fixed=fixed,
            may_lack=bool(unmet(instance, chosen)),
        )
        if choice.columns is None:
            return chosen
        return max(chosen, choice.columns, key=self.rank)

    def reopen_among(
        self, chosen: list[Column], guide: Guide, pool: Pool, count: int, seconds: float
    ) -> tuple[list[Column], bool]:
        """Free some teams of a complete choice and choose again, exactly, among listed teams.

        Returns the better of the old and the new choice, and whether the listed teams are proven
        to hold none better.
        """
        opened = self._neighbours(chosen, guide, count)
        fixed = [column for k, column in enumerate(chosen) if k not in opened]
        old = [column for k, column in enumerate(chosen) if k in opened]
        columns = pool.beside(fixed, self.taken(fixed) > 0)
        choice = choose(self.instance, [*columns, *old], seconds=seconds, start=chosen, fixed=fixed)
        if choice.columns is None:
            return chosen, choice.proven
        return max(chosen, choice.columns, key=self.rank), choice.proven

    def rank(self, chosen: Sequence[Column]) -> tuple[int, int]:
        """Fewer open duties first, then the higher worth."""
        return -unmet(self.instance, chosen), worth(self.instance, chosen)

    def _neighbours(self, chosen: Sequence[Column], guide: Guide, count: int) -> set[int]:
        """Places of teams to reopen together: each wants officials that the others have.

        The first is drawn, sooner where a team earns little beside what its prices say.
        """
        if len(chosen) <= count:
            return set(range(len(chosen)))
        prices, places = guide.officials, guide.places
        lost = np.array(
            [
                max(0.0, places[r] + prices[list(members)].sum() - value)
                for r, members, value in chosen
            ]
        )
        keys = self.rng.exponential(size=len(chosen)) / (lost + lost.mean() + 1.0)
        order = np.argsort(keys, kind="stable").tolist()
        holder: dict[int, list[int]] = {}
        for k, (_, members, _) in enumerate(chosen):
            for n in members:
                holder.setdefault(n, []).append(k)
        opened: dict[int, None] = {}
        waiting: list[int] = []
        while len(opened) < count:
            k = waiting.pop(0) if waiting else order.pop(0)
            if k in opened:
                continue
            opened[k] = None
            wanted = self._dream(chosen[k][0], guide)
            near = dict.fromkeys(j for n in wanted for j in holder.get(n, ()))
            fresh = [j for j in near if j not in opened]
            self.rng.shuffle(fresh)
            waiting += fresh[:3]
        return set(opened)

    def _dream(self, r: int, guide: Guide) -> list[int]:
        """Officials in the teams a challenge would like best at the guide's prices."""
        if self.guide is not guide:
            self.guide, self.dreams = guide, {}
        if r not in self.dreams:
            found = self.pricer.quick(r, guide.officials, 12)
            self.dreams[r] = list(dict.fromkeys(found.teams.ravel().tolist()))
        return self.dreams[r]
