"""Hidden groups: nothing small follows from what is printed, tried with an algebra of its own."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.surveys.suppression import exposed, hidden_groups

STEADY = settings(derandomize=True, database=None, deadline=None, max_examples=200)


def rank(rows: list[list[int]]) -> int:
    """Rank over the rationals by plain elimination."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        lead = next((row for row in left[found:] if row[column]), None)
        if lead is None:
            continue
        left.remove(lead)
        left.insert(found, lead)
        for i, row in enumerate(left):
            if i != found and row[column]:
                factor = row[column] / lead[column]
                left[i] = [a - factor * b for a, b in zip(row, lead, strict=True)]
        found += 1
    return found


def follows(published: list[frozenset[int]], people: int, threshold: int) -> bool:
    """Whether any set of fewer people than the threshold is a combination of what is printed."""
    rows = [[1] * people] + [[int(i in group) for i in range(people)] for group in published]
    base = rank(rows)
    for size in range(1, threshold):
        for some in combinations(range(people), size):
            if rank([*rows, [int(i in some) for i in range(people)]]) == base:
                return True
    return False


@st.composite
def banners(draw: st.DrawFn) -> tuple[int, int, dict[str, frozenset[int]]]:
    people, threshold = draw(st.integers(3, 9)), draw(st.integers(2, 4))
    kinds = draw(st.integers(1, 5))
    if draw(st.booleans()):  # each in one group
        where = draw(st.lists(st.integers(0, kinds - 1), min_size=people, max_size=people))
        groups = {str(k): frozenset(i for i, w in enumerate(where) if w == k) for k in range(kinds)}
    else:
        one = st.frozensets(st.integers(0, people - 1))
        groups = {str(k): draw(one) for k in range(kinds)}
    return people, threshold, groups


@STEADY
@given(banners())
def test_nothing_small_follows_from_what_is_printed(made) -> None:
    people, threshold, groups = made
    everybody = frozenset(range(people))
    hidden = hidden_groups(groups, everybody, threshold)
    assert all(key in hidden for key, g in groups.items() if 0 < len(g) < threshold)
    shown = [group for key, group in groups.items() if key not in hidden]
    if people < threshold:
        assert not any(shown)
        return
    assert exposed(shown, everybody, threshold) is None
    assert not follows(shown, people, threshold)


@STEADY
@given(banners())
def test_the_search_finds_exactly_what_plain_algebra_finds(made) -> None:
    people, threshold, groups = made
    everybody = frozenset(range(people))
    if people >= threshold:
        shown = list(groups.values())
        found = exposed(shown, everybody, threshold)
        assert (found is not None) is follows(shown, people, threshold)


def test_no_group_is_hidden_without_need() -> None:
    everybody = frozenset(range(60))
    groups = {"a": frozenset(range(30)), "b": frozenset(range(30, 60))}
    assert hidden_groups(groups, everybody, 10) == set()
    assert hidden_groups(groups, everybody, 0) == set()


def test_the_internal_edition_has_no_threshold() -> None:
    assert hidden_groups({"a": frozenset({1}), "b": frozenset()}, frozenset({1, 2}), 0) == set()


def test_many_groups_are_decided_in_time() -> None:
    """47 prefectures of 1,741 municipalities, and 17 overlapping fields of 180 officials."""
    everybody = frozenset(range(1741))
    groups = {str(p): frozenset(i for i in everybody if i * 7 % 47 == p) for p in range(46)}
    groups["46"] = frozenset({46 * 27 % 1741})
    assert "46" in hidden_groups(groups, everybody, 10)
    officials = frozenset(range(180))
    fields = {
        str(f): frozenset(i for i in officials if (i * 31 + f * 17) % 13 < 1 + f % 4)
        for f in range(17)
    }
    hidden = hidden_groups(fields, officials, 10)
    shown = [group for key, group in fields.items() if key not in hidden]
    assert exposed(shown, officials, 10) is None
