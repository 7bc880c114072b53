"""Every team of one challenge that may reach a given net worth, none left out.

Officials of the same kind cover the same: their levels in the challenge's fields and their tie
are equal, so they differ only in what each adds as a plain sum (wishes, depth, travel, price).
A team's coverage depends on its kinds alone. So the kinds of a team are chosen first, bounded by
the best official of each; then officials, bounded by what each lacks of the best of the kind. A
team under the floor, whose shortfall counts again, has a second such bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from companion.matching.candidates import Candidates
from companion.matching.instance import Floats, Ints

# Teams counted in one block.
BLOCK = 200_000
# Above any loss in hundredths; keeps the kinds apart in one sorted list of losses.
APART = 1e8
MOST_LOSS = 4e7
# The measures of a team: as counted above the floor, as counted under it, the score alone.
ABOVE, UNDER, SCORE = range(3)


def teams_reaching(local: Candidates, threshold: float) -> list[Ints]:
    """Places of the members (teams × size) of every team whose net worth may reach the threshold.

    Pinned members are the first places of `local` and are in every team.
    """
    return list(_Search(local, threshold).teams())


@dataclass(frozen=True)
class _Ranked:
    """Officials in the order of their kinds, within a kind by what they lack of its best."""

    places: Ints
    losses: Floats
    keys: Floats  # kind · APART + loss, ascending

    def upto(self, kinds: Ints, slack: Floats) -> Ints:
        """The end of those of a kind who lack at most the slack."""
        return np.searchsorted(self.keys, kinds * APART + np.minimum(slack, MOST_LOSS), "right")


class _Search:
    """One challenge's kinds."""

    def __init__(self, local: Candidates, threshold: float) -> None:
        instance = local.instance
        self.local, self.size, self.pinned = local, instance.size, local.pinned
        self.threshold = threshold
        slope = instance.slope
        kind = np.zeros(len(local.officials), dtype=np.int64)
        for row in local.tops:
            codes = np.unique(row, return_inverse=True)[1]
            kind = kind * (int(codes.max()) + 1) + codes
        # Pinned members come first, each a kind of its own.
        kind += self.pinned
        kind[: self.pinned] = np.arange(self.pinned)
        _, first, self.kind = np.unique(kind, return_index=True, return_inverse=True)
        self.tops = local.tops[:, first]
        values = np.array(
            [local.base - local.prices, slope * local.base - local.prices, local.base]
        )
        self.ranked = [self._rank(row) for row in values[:2]]
        starts = np.searchsorted(self.kind[self.ranked[0].places], np.arange(len(first)))
        self.starts = starts
        self.best = np.full((3, len(first)), -np.inf)
        for measure, row in enumerate(values):
            np.maximum.at(self.best[measure], self.kind, row)
        # What a second member of the same kind lacks at least of the first.
        self.second = np.zeros((3, len(first)))
        for measure, r in enumerate(self.ranked):
            after = np.minimum(starts + 1, len(r.losses) - 1)
            alone = np.diff([*starts, len(r.losses)]) < 2
            self.second[measure] = np.where(alone, np.inf, r.losses[after])
        mix, rounding = instance.mix[self.size], instance.rounding
        self.factors = np.array([1.0, float(slope), 1.0])
        points = mix + rounding
        self.offset = np.array(
            [
                points + local.merit,
                slope * points - (slope - 1) * instance.floor + local.merit,
                points,
            ]
        )
        self.needs = np.array([threshold, threshold, instance.least], dtype=float)

    def _rank(self, values: Floats) -> _Ranked:
        best = np.full(int(self.kind.max()) + 1, -np.inf)
        np.maximum.at(best, self.kind, values)
        losses: Floats = np.minimum(best[self.kind] - values, MOST_LOSS + 1).astype(float)
        order = np.lexsort((losses, self.kind))
        keys = self.kind[order] * APART + losses[order]
        return _Ranked(order, losses[order], keys)

    def teams(self) -> Iterator[Ints]:
        """Teams in blocks."""
        for kinds, slack in self._sets((), np.zeros(len(self.tops)), self.offset):
            # By the measure that leaves less room, officials are looked for.
            steep = slack[UNDER] < slack[ABOVE]
            for measure, mine in ((ABOVE, ~steep), (UNDER, steep)):
                if mine.any():
                    yield from self._members(kinds[mine], slack[measure][mine] + 1e-3, measure)

    def _sets(
        self, before: tuple[int, ...], tops: Floats, sums: Floats
    ) -> Iterator[tuple[Ints, Floats]]:
        """Kinds of teams (rows, never descending) that may reach all needs, and their slack.

        `tops` and `sums` are what the kinds before have.
        """
        left = self.size - len(before)
        low = before[-1] if before else 0
        kinds = np.arange(low, len(self.starts))
        if len(before) < self.pinned:
            kinds = np.array([len(before)])
        raised = np.maximum(self.tops[:, kinds], tops[:, None])
        own = sums[:, None] + self.best[:, kinds]
        if left == 1:
            reach = own + self.factors[:, None] * raised.sum(axis=0)
            alive = np.flatnonzero((reach >= self.needs[:, None]).all(axis=0))
            if len(alive):
                slack = (reach - self.needs[:, None])[:, alive]
                yield self._rows(before, kinds[alive, None]), slack
            return
        others = np.arange(low, len(self.starts))
        if left == 2 and len(before) + 1 < self.pinned:
            others = np.array([len(before) + 1])
        cover = np.zeros((len(kinds), len(others)))
        for row, top in zip(self.tops[:, others], raised, strict=True):
            cover += np.maximum(top[:, None], row[None, :])
        behind = others[None, :] >= kinds[:, None]
        same = others[None, :] == kinds[:, None]
        fine = behind
        worths = []
        for measure in range(3):
            gain = self.factors[measure] * cover
            if left > 2:
                # Beside the first, each of the others gains at most what the best of them does.
                base = self.factors[measure] * raised.sum(axis=0)
                extra = gain - base[:, None] + self.best[measure, others][None, :]
                most = np.where(behind, extra, -np.inf).max(axis=1)
                fine = fine & (
                    (own[measure] + base + (left - 1) * most)[:, None] >= self.needs[measure]
                )
                continue
            worth = own[measure][:, None] + gain + self.best[measure, others][None, :]
            lack = same * np.where(same, self.second[measure, kinds][:, None], 0.0)
            worths.append(worth)
            fine = fine & (worth - lack >= self.needs[measure])
        if left == 2:
            rows, columns = np.nonzero(fine)
            if len(rows):
                slack = np.array([table[rows, columns] for table in worths])
                pairs = np.stack([kinds[rows], others[columns]], axis=1)
                yield self._rows(before, pairs), slack - self.needs[:, None]
            return
        for k in np.flatnonzero(fine.any(axis=1)).tolist():
            yield from self._sets((*before, int(kinds[k])), raised[:, k], own[:, k])

    def _rows(self, before: tuple[int, ...], last: Ints) -> Ints:
        return np.hstack([np.tile(np.array(before, dtype=np.int64), (len(last), 1)), last])

    def _members(self, kinds: Ints, slack: Floats, measure: int) -> Iterator[Ints]:
        """Officials for each row of kinds who together lack at most its slack."""
        nobody = np.zeros((len(kinds), 0), dtype=np.int64)
        for found in self._extend(kinds, slack, nobody, self.ranked[measure]):
            members = self.ranked[measure].places[found].T
            fine = self.local.count(members) >= self.threshold - self.local.instance.rounding
            if fine.any():
                yield members[:, fine].T

    def _extend(self, kinds: Ints, slack: Floats, chosen: Ints, ranked: _Ranked) -> Iterator[Ints]:
        place = chosen.shape[1]
        if place == self.size:
            yield chosen
            return
        kind = kinds[:, place]
        low = self.starts[kind]
        if place:
            low = np.where(kinds[:, place - 1] == kind, chosen[:, -1] + 1, low)
        counts = np.maximum(0, ranked.upto(kind, slack) - low)
        total = np.cumsum(counts)
        begin = 0
        while begin < len(kinds):
            past = int(total[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(total, past + BLOCK, side="right")))
            some = counts[begin:end]
            rows = np.repeat(np.arange(begin, end), some)
            within = np.arange(len(rows)) - np.repeat(np.cumsum(some) - some, some)
            position = low[rows] + within
            differ = self.local.differ[ranked.places[position]]
            fine = np.ones(len(rows), dtype=bool)
            for earlier in range(place):
                fine &= self.local.differ[ranked.places[chosen[rows, earlier]]] != differ
            rows, position = rows[fine], position[fine]
            if len(rows):
                yield from self._extend(
                    kinds[rows],
                    slack[rows] - ranked.losses[position],
                    np.hstack([chosen[rows], position[:, None]]),
                    ranked,
                )
            begin = end
