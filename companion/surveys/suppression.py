"""Which groups of a cross table are hidden, so that no small group can be worked out.

What is published of a group is the sum of its members' answers. Whoever adds and subtracts such
sums learns the sum over any set of respondents whose 0/1 vector is a linear combination of the
published groups' vectors. A set smaller than the threshold must not be among them: that covers
the lone hidden group (total minus the others), the complement of a large group, nested groups,
and overlapping banners alike. The threshold is on the base: a hidden remainder that reaches it
is as good as a printed group 「その他」, and its small counts or zeros may be known.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Members = frozenset[int]
Key = TypeVar("Key", bound=Hashable)
Vectors = NDArray[np.int64]
Marks = NDArray[np.bool_]

_PRIME = (1 << 31) - 1  # sums of a few residues stay far inside 64 bits
_MOST_TRIED = 20_000
_LOOKED_AT = 256


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
    marks = _marks([groups[key] for key in visible], everybody)
    small = [members for members in groups.values() if 0 < len(members) < threshold]
    secrets = _marks(small, everybody)
    stays = np.ones(len(visible), dtype=bool)

    def betrays(without: int | None = None) -> bool:
        shown = stays.copy()
        if without is not None:
            shown[without] = False
        return _exposed(marks[:, shown], threshold, secrets) is not None

    while stays.any() and betrays():
        # The smallest group that mends it alone; where none does, the smallest goes anyway.
        left = np.flatnonzero(stays).tolist()
        stays[next((place for place in left if not betrays(place)), left[0])] = False
    return hidden | {key for key, is_shown in zip(visible, stays, strict=True) if not is_shown}


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
    return _exposed(_marks(published, everybody), threshold, _marks(secrets, everybody))


def _marks(groups: Iterable[Members], everybody: Members) -> Marks:
    """A line for each person, a column for each group: who is in which."""
    place = {person: index for index, person in enumerate(sorted(everybody))}
    listed = list(groups)
    marks = np.zeros((len(place), len(listed)), dtype=bool)
    for column, members in enumerate(listed):
        marks[[place[person] for person in members], column] = True
    return marks


def _exposed(marks: Marks, threshold: int, secrets: Marks) -> int | None:
    plain = _by_hand(marks, threshold)
    if plain is not None:
        return plain
    inside, sizes, class_of = _classes(marks)
    basis = _basis(np.vstack([np.ones((1, len(sizes)), dtype=np.int64), inside]))
    for secret in secrets.T:
        held = np.bincount(class_of[secret], minlength=len(sizes))
        if ((held == 0) | (held == sizes)).all() and basis.spans(held > 0):
            return int(secret.sum())
    return _search(sizes, basis, threshold)


def _classes(marks: Marks) -> tuple[Vectors, Vectors, Vectors]:
    """Groups by classes (1: the class is in the group), how many each holds, and whose is which.

    Large classes come first: a basis of them leaves few that a small set could hold.
    """
    packed = np.packbits(marks, axis=1) if marks.shape[1] else np.zeros((len(marks), 1), np.uint8)
    _, first, inverse, counts = np.unique(
        packed, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return marks[first[order]].T.astype(np.int64), counts[order], rank[inverse.ravel()]


def _by_hand(marks: Marks, threshold: int) -> int | None:
    """Small remainders of the total and of pairs of groups, as a reader takes them."""
    everybody, sizes = len(marks), marks.sum(axis=0)
    order = np.argsort(sizes, kind="stable")
    one, other = np.triu_indices(len(order), k=1)
    packed = np.packbits(marks[:, order], axis=0).T
    shared = np.bitwise_count(packed[one] & packed[other]).sum(axis=1, dtype=np.int64)
    less, more = sizes[order][one], sizes[order][other]
    pairs = np.column_stack(
        [
            np.where(shared == less, more - less, 0),
            np.where(shared == 0, everybody - less - more, 0),
            np.where(less + more - shared == everybody, shared, 0),
        ]
    )
    found = np.concatenate([everybody - sizes, pairs.ravel()])
    below = found[(found > 0) & (found < threshold)]
    return int(below[0]) if len(below) else None


def _search(sizes: Vectors, basis: _Basis, threshold: int) -> int | None:
    """A small 0/1 vector of the row space, by the number of basis classes it holds."""
    weights = sizes[basis.pivots]
    small = np.flatnonzero(weights < threshold)
    weights = weights[small]
    # Most sums fail in the few columns looked at; the others are worked out for what is left.
    columns = np.setdiff1d(np.arange(len(sizes)), basis.pivots)[:: max(1, len(sizes) // _LOOKED_AT)]
    alone = basis.sums(np.eye(len(basis.pivots), dtype=np.int64)[small], columns)
    sums = np.zeros((1, len(columns)), dtype=np.int64)
    holds = np.zeros((1, len(basis.pivots)), dtype=np.int64)
    held = np.zeros(1, dtype=np.int64)
    last = np.full(1, -1, dtype=np.int64)
    tried = 0
    while len(held):
        grown: list[tuple[Vectors, Vectors, Vectors, Vectors]] = []
        for index, place in enumerate(small):
            fits = (last < index) & (held + weights[index] < threshold)
            tried += int(fits.sum())
            if tried > _MOST_TRIED:
                return None
            if fits.any():
                more = holds[fits]
                more[:, place] = 1
                added = (sums[fits] + alone[index]) % _PRIME
                grown.append((added, more, held[fits] + weights[index], np.full(len(more), index)))
        if not grown:
            return None
        sums, holds, held, last = (np.concatenate(part) for part in zip(*grown, strict=True))
        for chosen in holds[(sums <= 1).all(axis=1)]:
            whole = basis.sums(chosen)
            size = int(whole @ sizes) if (whole <= 1).all() else 0
            if 0 < size < threshold:
                return size
    return None


@dataclass(frozen=True)
class _Basis:
    """The reduced row echelon form of rows modulo a large prime, as `steps` times `rows`."""

    pivots: list[int]
    steps: Vectors
    rows: Vectors

    def sums(self, held: Vectors, columns: Vectors | slice = slice(None)) -> Vectors:
        """Sums of basis rows: what a choice of pivot classes (0/1) holds of other classes."""
        return (held @ self.steps % _PRIME) @ self.rows[:, columns] % _PRIME

    def spans(self, vector: Marks) -> bool:
        """Whether a 0/1 vector is a combination of the basis rows."""
        return bool((self.sums(vector[self.pivots].astype(np.int64)) == vector).all())


def _basis(rows: Vectors) -> _Basis:
    """Pivots from the left. Few columns hold most of them; others are looked at once those are."""
    steps = np.eye(len(rows), dtype=np.int64)
    pivots: list[int] = []
    start, end = 0, 4 * len(rows)
    while start < rows.shape[1]:
        window = steps @ rows[:, start:end] % _PRIME
        width = window.shape[1]
        both = np.hstack([window, steps])
        pivots += [start + column for column in _reduced(both, width, len(pivots))]
        steps = both[:, width:]
        start, end = end, rows.shape[1]
        if not (steps[len(pivots) :] @ rows[:, start:] % _PRIME).any():
            break
    return _Basis(pivots, steps[: len(pivots)], rows)


def _reduced(rows: Vectors, width: int, done: int) -> list[int]:
    """Reduce the rows in place by the pivots of the first columns, behind those that are done."""
    pivots: list[int] = []
    while done < len(rows):
        filled = np.flatnonzero(np.any(rows[done:, :width], axis=0))
        if not len(filled):
            break
        column = int(filled[0])
        lead = done + int(rows[done:, column].argmax())
        rows[[done, lead]] = rows[[lead, done]]
        rows[done] = rows[done] * pow(int(rows[done, column]), -1, _PRIME) % _PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != done]
        rows[others] = (rows[others] - rows[others, column, None] * rows[done]) % _PRIME
        pivots.append(column)
        done += 1
    return pivots
