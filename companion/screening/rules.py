"""Merit of a challenge from its reviews: integers only, halves up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The best merit is worth as much as the first team of a prefecture: 10 points, in hundredths.
BEST_MERIT = 1000
LOWEST, HIGHEST = 1, 5
# Two reviewers this far apart (in hundredths of a level) should talk to each other.
WIDE_SPREAD = 200


@dataclass(frozen=True)
class CriterionWords:
    """A criterion as somebody worded and weighed it (0 to 100)."""

    label: str
    description: str
    weight: int


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two numbers that are not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def level_of(scores: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """One reviewer's weighted mean level in hundredths (100 to 500).

    Both arguments are keyed by criterion; criteria that the reviewer did not see (added later)
    are left out of both sides. 0 when none is left.
    """
    judged = {key: level for key, level in scores.items() if weights.get(key)}
    total = sum(weights[key] for key in judged)
    if not total:
        return 0
    return half_up(100 * sum(weights[key] * level for key, level in judged.items()), total)


@dataclass(frozen=True)
class Merit:
    """What the reviews of one challenge come to; levels in hundredths, points in hundredths.

    `mean` is 0 and `points` 0 while nobody has reviewed it.
    """

    reviewers: int
    mean: int
    lowest: int
    highest: int
    points: int

    @property
    def spread(self) -> int:
        """The distance between the mildest and the strictest reviewer, hundredths of a level."""
        return self.highest - self.lowest

    @property
    def is_disputed(self) -> bool:
        """True when reviewers are so far apart that they should talk."""
        return self.reviewers > 1 and self.spread >= WIDE_SPREAD


def merit_of(levels: Sequence[int]) -> Merit:
    """The merit from the reviewers' weighted levels: 1 is worth nothing, 5 the best merit."""
    known = [level for level in levels if level]
    if not known:
        return Merit(0, 0, 0, 0, 0)
    span = 100 * (HIGHEST - LOWEST) * len(known)
    return Merit(
        reviewers=len(known),
        mean=half_up(sum(known), len(known)),
        lowest=min(known),
        highest=max(known),
        points=half_up(BEST_MERIT * (sum(known) - 100 * LOWEST * len(known)), span),
    )
