"""Merit from reviews, as a table of values."""

from __future__ import annotations

import pytest

from companion.screening.rules import level_of, merit_of

WEIGHTS = {1: 30, 2: 30, 3: 20, 4: 20}


@pytest.mark.parametrize(
    ("scores", "weights", "expected"),
    [
        ({1: 5, 2: 5, 3: 5, 4: 5}, WEIGHTS, 500),
        ({1: 1, 2: 1, 3: 1, 4: 1}, WEIGHTS, 100),
        ({1: 5, 2: 4, 3: 3, 4: 2}, WEIGHTS, 370),
        ({1: 4, 2: 3, 3: 3}, {1: 1, 2: 1, 3: 1}, 333),
        ({1: 4, 2: 4, 3: 3}, {1: 1, 2: 1, 3: 1}, 367),
        ({1: 2, 2: 3}, {1: 0, 2: 50}, 300),  # a weight of 0 takes the criterion out
        ({1: 4}, {1: 30, 9: 70}, 400),  # a criterion the reviewer did not see
        ({1: 4}, {9: 70}, 0),
        ({}, WEIGHTS, 0),
    ],
)
def test_the_level_of_a_reviewer_is_the_weighted_mean(
    scores: dict[int, int], weights: dict[int, int], expected: int
) -> None:
    assert level_of(scores, weights) == expected


@pytest.mark.parametrize(
    ("levels", "reviewers", "mean", "spread", "points", "disputed"),
    [
        ([], 0, 0, 0, 0, False),
        ([500], 1, 500, 0, 1000, False),
        ([100], 1, 100, 0, 0, False),
        ([300], 1, 300, 0, 500, False),
        ([370], 1, 370, 0, 675, False),
        ([100, 300], 2, 200, 200, 250, True),
        ([333, 367], 2, 350, 34, 625, False),
        ([101, 100], 2, 101, 1, 1, False),  # 100.5 and 1.25 hundredths, halves up
        ([0, 400], 1, 400, 0, 750, False),  # a review without a judged criterion does not count
    ],
)
def test_merit_is_ten_points_for_five_and_none_for_one(
    levels: list[int], reviewers: int, mean: int, spread: int, points: int, disputed: bool
) -> None:
    merit = merit_of(levels)
    assert (merit.reviewers, merit.mean, merit.spread, merit.points, merit.is_disputed) == (
        reviewers,
        mean,
        spread,
        points,
        disputed,
    )
