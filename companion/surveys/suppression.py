"""Which groups of a cross table are hidden, so that no small group can be worked out.

What is published of a group is the sum of its members' answers. Whoever adds and subtracts such
sums learns the sum over any set of respondents whose 0/1 vector is a linear combination of the
published groups' vectors. A set smaller than the threshold must not be among them: that covers
the lone hidden group (total minus the others), the complement of a large group, nested groups,
and overlapping banners alike. The threshold is on the base: a hidden remainder that reaches it
is as good as a printed group 「その他」, and its small counts or zeros may be known.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Members = frozenset[int]
Key = TypeVar("Key", bound=Hashable)

_PRIME = (1 << 61) - 1
_MOST_TRIED = 20_000  # combinations looked at before a set of groups is given up as unsafe


def hidden_groups(groups: Mapping[Key, Members], everybody: Members, threshold: int) -> set[Key]:
    """The groups to hide: those under the threshold, and the next smallest as long as needed.

    `groups` may overlap and may come from several banners published together. `everybody` is
    the row 全体, which stays; with fewer than `threshold` in it, all groups are hidden.
    """
    if len(everybody) < threshold:
        return {key for key, members in groups.items() if members}
    hidden = {key for key, members in groups.items() if 0 < len(members) < threshold}
    visible = [key for key in groups if key not in hidden and groups[key]]
    visible.sort(key=lambda key: len(groups[key]))  # stable: ties in the order of the banner

    def betrays(without: Key | None = None) -> bool:
        shown = [groups[key] for key in visible if key != without]
        return exposed(shown, everybody, threshold) is not None

    while visible and betrays():
        # The smallest group that mends it alone; where none does, the smallest goes anyway.
        mends = next((key for key in visible if not betrays(key)), visible[0])
        visible.remove(mends)
        hidden.add(mends)
    return hidden


def exposed(published: Sequence[Members], everybody: Members, threshold: int) -> int | None:
    """The size of a set under the threshold that follows from what is published, or None.

    Exact: every set that can follow is a union of classes of people who are in the same published
    groups, and is fixed by what it holds of a basis of classes; all small choices are tried.
    """
    classes: dict[tuple[bool, ...], int] = {}
    for person in everybody:
        pattern = tuple(person in members for members in published)
        classes[pattern] = classes.get(pattern, 0) + 1
    # Large classes first: a basis of them leaves few that a small set could hold.
    patterns = sorted(classes, key=lambda pattern: (-classes[pattern], pattern))
    sizes = [classes[pattern] for pattern in patterns]
    vectors = [[1] * len(patterns)]
    vectors += [[int(p[i]) for p in patterns] for i in range(len(published))]
    pivots, basis = _reduced(vectors)
    free = [(sizes[column], row) for column, row in zip(pivots, basis, strict=True)]
    small = [(size, row) for size, row in free if size < threshold]
    tried = 0
    stack: list[tuple[int, int, list[int]]] = [(0, 0, [0] * len(patterns))]
    while stack:
        start, held, vector = stack.pop()
        tried += 1
        if tried > _MOST_TRIED:
            return threshold - 1  # too many to rule out: treated as unsafe
        if held and all(value in (0, 1) for value in vector):
            size = sum(n for n, value in zip(sizes, vector, strict=True) if value)
            if 0 < size < threshold:
                return size
        for index in range(start, len(small)):
            size, row = small[index]
            if held + size < threshold:
                sums = [(a + b) % _PRIME for a, b in zip(vector, row, strict=True)]
                stack.append((index + 1, held + size, sums))
    return None


def _reduced(vectors: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    """Reduced row echelon form modulo a large prime: pivot columns and their rows."""
    rows = [list(vector) for vector in vectors]
    pivots: list[int] = []
    basis: list[list[int]] = []
    for column in range(len(rows[0])):
        lead = next((row for row in rows if row[column]), None)
        if lead is None:
            continue
        rows.remove(lead)
        inverse = pow(lead[column], -1, _PRIME)
        lead = [value * inverse % _PRIME for value in lead]
        rows = [_without(row, lead, column) for row in rows]
        basis = [_without(row, lead, column) for row in basis]
        basis.append(lead)
        pivots.append(column)
    return pivots, basis


def _without(row: list[int], lead: list[int], column: int) -> list[int]:
    factor = row[column]
    if not factor:
        return row
    return [(a - factor * b) % _PRIME for a, b in zip(row, lead, strict=True)]
