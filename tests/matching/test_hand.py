"""Hand work and its explanations against the plain definition of points and rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from companion.matching.check import rule_violations
from companion.matching.moves import (
    changed,
    differences,
    effect_of,
    moved_to,
    options_for,
    place_of,
    replaced,
    total,
)
from companion.matching.problem import Decisions, Keep, Problem
from companion.matching.score import score_team
from companion.matching.solution import Status
from companion.matching.solve import solve
from companion.matching.whynot import (
    margin_sentence,
    margins,
    seats_for,
    signed,
    why_unplaced,
    wish_results,
)
from tests.matching.small import small_problem

Standing = dict[str, tuple[str, ...]]


def solved(seed: int) -> tuple[Problem, Standing]:
    problem = small_problem(seed, challenges=6, officials=14, teams=3, ministries=8)
    solution = solve(problem, time_limit=30)
    assert solution.status is Status.OPTIMAL
    return problem, {team.challenge_key: team.official_keys for team in solution.teams}


@pytest.mark.parametrize("seed", range(5))
def test_an_effect_is_the_difference_of_two_totals(seed: int) -> None:
    problem, standing = solved(seed)
    for challenge, members in standing.items():
        for official in problem.officials:
            if official.key in members:
                continue
            change = replaced(standing, challenge, members[0], official.key)
            after = changed(standing, change)
            effect = effect_of(problem, standing, change)
            assert effect.difference == total(problem, after) - total(problem, standing)
            assert bool(effect.refusals) == bool(rule_violations(problem, list(after.items())))
            for touched in effect.teams:
                before = score_team(problem, touched.challenge, touched.members_before)
                assert touched.before == before
                assert touched.difference == sum((touched.after or {}).values()) - sum(
                    before.values()
                )


@pytest.mark.parametrize("seed", range(5))
def test_options_tell_what_the_effect_would_be_and_none_beats_the_optimum(seed: int) -> None:
    problem, standing = solved(seed)
    for challenge, members in standing.items():
        for member in members:
            options = options_for(problem, standing, challenge, member)
            assert {o.official for o in options} == {
                o.key for o in problem.officials if o.key not in members
            }
            for option in options:
                change = replaced(standing, challenge, member, option.official)
                effect = effect_of(problem, standing, change)
                assert bool(option.refusals) == bool(effect.refusals)
                assert option.total == effect.difference
                assert option.elsewhere == place_of(standing, option.official)
                if not option.refusals:
                    assert option.total <= 0
            legal = [not option.refusals for option in options]
            assert legal == sorted(legal, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_margins_are_what_the_exchange_would_bring(seed: int) -> None:
    problem, standing = solved(seed)
    found = margins(problem, standing)
    assert set(found) == {c.key for c in problem.challenges} - set(standing)
    for challenge, margin in found.items():
        sentence = margin_sentence(problem, margin)
        if margin is None:
            assert "組めない" in sentence
            continue
        effect = effect_of(problem, standing, {margin.instead: None, challenge: margin.members})
        assert effect.refusals == ()
        assert effect.difference == margin.difference == sum(margin.parts.values())
        assert margin.difference <= 0  # the standing is the proven optimum
        assert signed(margin.difference) in sentence
        # No team of all those free beats the one told, against the same place.
        free = [o.key for o in problem.officials if place_of(standing, o.key) is None]
        for team in combinations([*free, *standing[margin.instead]], 3):
            other = effect_of(problem, standing, {margin.instead: None, challenge: team})
            if not other.refusals:
                assert other.difference <= margin.difference


@pytest.mark.parametrize("seed", range(5))
def test_every_wish_is_answered_from_the_points(seed: int) -> None:
    problem, standing = solved(seed)
    for official in problem.officials:
        results = wish_results(problem, standing, official.key)
        assert [result.place for result in results] == list(official.wishes)
        own = place_of(standing, official.key)
        assert not any(result.is_met for result in results) or own is not None
        if own is None:
            said = why_unplaced(problem, standing, official.key)
            if not official.consented:
                assert "上司の同意" in said
                continue
            nearest = seats_for(problem, standing, official.key)[0]
            assert (signed(nearest.total) in said) or nearest.refusals[0] in said


def test_a_team_may_serve_another_place() -> None:
    problem, standing = solved(0)
    challenge = next(iter(standing))
    other = next(c.key for c in problem.challenges if c.key not in standing)
    change = moved_to(standing, challenge, other)
    effect = effect_of(problem, standing, change)
    assert [(touched.before is None, touched.after is None) for touched in effect.teams] == [
        (False, True),
        (True, False),
    ]


def test_strangers_are_refused_in_words() -> None:
    problem, standing = solved(0)
    challenge = next(iter(standing))
    effect = effect_of(problem, standing, {challenge: ("nobody", *standing[challenge][1:])})
    assert "nobodyは対象の応募者ではありません。" in effect.refusals


@pytest.mark.parametrize("seed", range(6))
def test_solving_again_changes_as_few_seats_as_any_answer_must(seed: int) -> None:
    """With a bonus above every other point, the fewest changes come first: counted out."""
    problem = small_problem(seed, challenges=4, officials=9, teams=2, ministries=7)
    first = solve(problem, time_limit=30)
    if first.status is not Status.OPTIMAL:
        pytest.skip("this draw has no answer at all")
    standing = {team.challenge_key: team.official_keys for team in first.teams}
    challenge = next(iter(standing))
    for official in problem.officials:
        if official.key in standing[challenge]:
            continue
        pinned = replace(
            problem,
            decisions=Decisions(members=((challenge, official.key),)),
            keep=Keep(teams=standing, bonus=1_000_000),
        )
        again = solve(pinned, time_limit=30)
        fewest = _fewest_changes(pinned, standing)
        if fewest is None:
            assert again.status is Status.INFEASIBLE
            continue
        assert again.status is Status.OPTIMAL
        after = {team.challenge_key: team.official_keys for team in again.teams}
        assert len(_kept(standing, after)) == fewest
        assert {move.official for move in differences(standing, after)}


def _kept(before: Standing, after: Standing) -> set[tuple[str, str]]:
    return {(key, m) for key, members in before.items() for m in members if m in after.get(key, ())}


def _fewest_changes(problem: Problem, standing: Standing) -> int | None:
    best: int | None = None
    keys = [c.key for c in problem.challenges]
    people = [o.key for o in problem.officials]
    for first, second in combinations(keys, 2):
        for team in combinations(people, 3):
            rest = [p for p in people if p not in team]
            for other in combinations(rest, 3):
                for pair in ((team, other), (other, team)):
                    teams = {first: pair[0], second: pair[1]}
                    kept = len(_kept(standing, teams))
                    if (best is None or kept > best) and not rule_violations(
                        problem, list(teams.items())
                    ):
                        best = kept
    return best
