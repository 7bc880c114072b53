"""Which groups of a cross table are hidden, so that no small group can be worked out.

What is published of a group is the sum of its members' answers. Whoever adds and subtracts such
sums learns the sum over any set of respondents whose 0/1 vector is a linear combination of the
published groups' vectors. A set smaller than the threshold must not be among them: that covers
the lone hidden group (total minus the others), the complement of a large group, nested groups,
and overlapping banners alike. The threshold is on the base: a hidden remainder that reaches it
is as good as a printed group 「その他」, and its small counts or zeros may be known.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Members = frozenset[int]
Key = TypeVar("Key", bound=Hashable)
Vectors = NDArray[np.int64]

_PRIME = (1 << 31) - 1  # sums of a few residues stay far inside 64 bits
_MOST_TRIED = 20_000


def hidden_groups(
    groups: Mapping[Key, Members],
    everybody: Members,
    threshold: int,
    already: Collection[Key] = (),
) -> set[Key]:
    """The groups to hide: those under the threshold, and others as long as they betray them.

    `groups` may overlap and may come from several banners published together; `already` are
    hidden for another reason. `everybody` is the row 全体, which stays; with fewer than
    `threshold` in it, all groups are hidden.
    """
    if len(everybody) < threshold:
        return {key for key, members in groups.items() if members}
    hidden = {key for key, members in groups.items() if 0 < len(members) < threshold}
    hidden |= set(already)
    visible = [key for key in groups if key not in hidden and groups[key]]
    visible.sort(key=lambda key: len(groups[key]))  # stable: ties in the order of the banner
    secrets = [members for members in groups.values() if 0 < len(members) < threshold]

    def betrays(without: Key | None = None) -> bool:
        shown = [groups[key] for key in visible if key != without]
        return exposed(shown, everybody, threshold, secrets) is not None

    while visible and betrays():
        # The smallest group that mends it alone; where none does, the smallest goes anyway.
        mends = next((key for key in visible if not betrays(key)), visible[0])
        visible.remove(mends)
        hidden.add(mends)
    return hidden


def exposed(
    published: Sequence[Members],
    everybody: Members,
    threshold: int,
    secrets: Sequence[Members] = (),
) -> int | None:
    """The size of a set under the threshold that follows from what is published, or None.

    Every set that can follow is a union of classes of people who are in the same published
    groups, and is fixed by what it holds of a basis of classes: small choices are tried, those
    of few classes first. Where there are more than can be tried (many overlapping groups, nearly
    every person a class alone), the search stands for what a reader would try: sets of a few
    classes, differences of two groups, and the hidden groups themselves (`secrets`).
    """
    plain = _by_hand(published, everybody, threshold)
    if plain is not None:
        return plain
    inside, sizes, class_of = _classes(published, everybody)
    pivots, basis = _reduced(np.vstack([np.ones((1, len(sizes)), dtype=np.int64), inside]))
    for secret in secrets:
        held = np.bincount([class_of[person] for person in secret], minlength=len(sizes))
        if ((held == 0) | (held == sizes)).all() and _follows(held > 0, pivots, basis):
            return len(secret)
    return _search(sizes, pivots, basis, threshold)


def _classes(
    published: Sequence[Members], everybody: Members
) -> tuple[Vectors, Vectors, dict[int, int]]:
    """Groups by classes (1: the class is in the group), how many each holds, and whose is which.

    Large classes come first: a basis of them leaves few that a small set could hold.
    """
    people = sorted(everybody)
    place = {person: index for index, person in enumerate(people)}
    member = np.zeros((len(people), len(published)), dtype=bool)
    for column, members in enumerate(published):
        member[[place[person] for person in members], column] = True
    packed = np.packbits(member, axis=1) if published else np.zeros((len(people), 1), np.uint8)
    _, first, inverse, counts = np.unique(
        packed, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    class_of = dict(zip(people, rank[inverse.ravel()].tolist(), strict=True))
    return member[first[order]].T.astype(np.int64), counts[order].astype(np.int64), class_of


def _by_hand(published: Sequence[Members], everybody: Members, threshold: int) -> int | None:
    """Small remainders of the total and of pairs of groups, as a reader takes them."""
    found: list[int] = [len(everybody - members) for members in published]
    for one, other in combinations(sorted(published, key=len), 2):
        if one <= other:
            found.append(len(other - one))
        if not one & other:
            found.append(len(everybody) - len(one) - len(other))
        if one | other == everybody:
            found.append(len(one & other))
    return next((size for size in found if 0 < size < threshold), None)


def _search(sizes: Vectors, pivots: list[int], basis: Vectors, threshold: int) -> int | None:
    """A small 0/1 vector of the row space, by the number of basis classes it holds."""
    small = [i for i, column in enumerate(pivots) if sizes[column] < threshold]
    rows, weights = basis[small], sizes[[pivots[i] for i in small]]
    sums = np.zeros((1, len(sizes)), dtype=np.int64)
    held = np.zeros(1, dtype=np.int64)
    last = np.full(1, -1, dtype=np.int64)
    tried = 0
    while len(held):
        grown: list[tuple[Vectors, Vectors, Vectors]] = []
        for index in range(len(small)):
            fits = (last < index) & (held + weights[index] < threshold)
            tried += int(fits.sum())
            if tried > _MOST_TRIED:
                return None
            if fits.any():
                more = (sums[fits] + rows[index]) % _PRIME
                grown.append((more, held[fits] + weights[index], np.full(len(more), index)))
        if not grown:
            return None
        sums, held, last = (np.concatenate(part) for part in zip(*grown, strict=True))
        plain = ((sums == 0) | (sums == 1)).all(axis=1)
        whole = sums[plain] @ sizes
        below = whole[(whole > 0) & (whole < threshold)]
        if len(below):
            return int(below[0])
    return None


def _follows(vector: NDArray[np.bool_], pivots: list[int], basis: Vectors) -> bool:
    """Whether a 0/1 vector is a combination of the basis rows."""
    held = basis[[bool(vector[column]) for column in pivots]]
    return bool((held.sum(axis=0) % _PRIME == vector).all())


def _reduced(rows: Vectors) -> tuple[list[int], Vectors]:
    """Reduced row echelon form modulo a large prime: pivot columns and their rows."""
    rows = rows % _PRIME
    pivots: list[int] = []
    done = 0
    for column in range(rows.shape[1]):
        candidates = np.flatnonzero(rows[done:, column])
        if not len(candidates):
            continue
        lead = done + int(candidates[0])
        rows[[done, lead]] = rows[[lead, done]]
        rows[done] = rows[done] * pow(int(rows[done, column]), -1, _PRIME) % _PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != done]
        rows[others] = (rows[others] - rows[others, column, None] * rows[done]) % _PRIME
        pivots.append(column)
        done += 1
        if done == len(rows):
            break
    return pivots, rows[:done]
