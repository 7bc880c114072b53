"""Every hard rule, on problems drawn at random: no answer breaks one, and infeasible means it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.matching.check import rule_violations, violations
from companion.matching.problem import Challenge, Decisions, Keep, Official, Problem, Rules
from companion.matching.solution import Status
from companion.matching.solve import solve
from tests.matching.small import counted_best, small_problem

few = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
SEEDS = st.integers(0, 10_000)


def _decide(problem: Problem, draw: st.DataObject) -> Problem:
    """Add decisions drawn at random: some fit together, some clash."""
    challenge = st.sampled_from([c.key for c in problem.challenges])
    official = st.sampled_from([o.key for o in problem.officials])
    pairs = st.lists(st.tuples(challenge, official), max_size=2, unique=True)
    team = st.lists(official, min_size=3, max_size=3, unique=True).map(tuple)
    decisions = Decisions(
        members=tuple(draw.draw(pairs)),
        bans=tuple(draw.draw(pairs)),
        locks=tuple(draw.draw(st.lists(st.tuples(challenge, team), max_size=1))),
        challenges_in=tuple(draw.draw(st.lists(challenge, max_size=1))),
        challenges_out=tuple(draw.draw(st.lists(challenge, max_size=1))),
        officials_out=tuple(draw.draw(st.lists(official, max_size=1))),
    )
    return replace(problem, decisions=decisions)


@few
@given(SEEDS, st.data())
def test_decisions_are_obeyed_or_refused(seed: int, data: st.DataObject) -> None:
    problem = _decide(small_problem(seed, challenges=3), data)
    solution = solve(problem, time_limit=20)
    best = counted_best(problem)
    assert solution.objective == best
    if best is None:
        assert solution.status is Status.INFEASIBLE
        assert solution.reasons
    else:
        assert violations(problem, solution) == []


@few
@given(
    SEEDS,
    st.fixed_dictionaries(
        {
            "ministry_limit": st.sampled_from([None, 1, 2]),
            "needs_leader": st.booleans(),
            "needs_consent": st.booleans(),
            "distinct_ministries": st.booleans(),
            "agencies_apart": st.booleans(),
        }
    ),
    st.integers(1, 2),
)
def test_rules_hold_for_all_settings(seed: int, rules: dict, capacity: int) -> None:
    problem = small_problem(seed, challenges=3, officials=6, ministries=6, rules=rules)
    problem = replace(
        problem,
        officials=tuple(
            replace(
                official,
                capacity=capacity,
                minimum=1 if k == 0 else 0,
                parent_ministry="m0" if k % 3 == 0 else "",
            )
            for k, official in enumerate(problem.officials)
        ),
    )
    solution = solve(problem, time_limit=20)
    assert solution.objective == counted_best(problem)
    if solution.teams:
        assert violations(problem, solution) == []


@few
@given(SEEDS, st.integers(0, 3), st.sampled_from([0, 500]))
def test_changes_are_bounded_and_kept_members_rewarded(seed: int, changes: int, bonus: int) -> None:
    problem = small_problem(seed, challenges=3)
    first = solve(problem, time_limit=20)
    if not first.teams:
        return
    standing = {team.challenge_key: team.official_keys for team in first.teams}
    gone = first.teams[0].official_keys[0]
    again = replace(
        problem,
        decisions=Decisions(officials_out=(gone,)),
        keep=Keep(standing, bonus=bonus, max_changes=changes),
    )
    solution = solve(again, time_limit=20)
    assert solution.objective == counted_best(again)
    if solution.teams:
        assert violations(again, solution) == []


@few
@given(SEEDS)
def test_more_officials_never_lower_and_pins_never_raise(seed: int) -> None:
    problem = small_problem(seed, challenges=3, officials=9)
    whole = solve(problem, time_limit=20)
    fewer = solve(replace(problem, officials=problem.officials[:-1]), time_limit=20)
    if fewer.objective is not None:
        assert whole.objective is not None
        assert whole.objective >= fewer.objective
    pin = (problem.challenges[seed % 3].key, problem.officials[seed % 9].key)
    pinned = solve(replace(problem, decisions=Decisions(members=(pin,))), time_limit=20)
    if pinned.objective is not None:
        assert whole.objective is not None
        assert pinned.objective <= whole.objective


@few
@given(SEEDS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(seed: int, random: object) -> None:
    problem = small_problem(seed)
    challenges, officials = list(problem.challenges), list(problem.officials)
    random.shuffle(challenges)  # type: ignore[attr-defined]
    random.shuffle(officials)  # type: ignore[attr-defined]
    shuffled = replace(problem, challenges=tuple(challenges), officials=tuple(officials))
    one, two = solve(problem, time_limit=20, seed=3), solve(shuffled, time_limit=20, seed=3)
    assert replace(one, seconds=0) == replace(two, seconds=0)


PLACE = Challenge("010001", "01", "北")
CREW = tuple(Official(f"p{k}", f"m{k}") for k in range(4))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"officials": CREW[:2]}, "応募者は2席分"),
        (
            {"officials": tuple(replace(o, ministry="m") for o in CREW)},
            "府省庁が足りません（応募者の府省庁は1）",
        ),
        (
            {"officials": tuple(replace(o, can_lead=False) for o in CREW)},
            "リーダーを務められる応募者が0席分",
        ),
        ({"challenges": ()}, "市町村が足りません（対象は0団体）"),
        ({"decisions": Decisions(members=(("019999", "p0"),))}, "対象の市町村にありません"),
        ({"decisions": Decisions(members=(("010001", "p9"),))}, "対象の応募者にいません"),
        (
            {"decisions": Decisions(members=(("010001", "p0"),), bans=(("010001", "p0"),))},
            "禁じる指定と矛盾",
        ),
        (
            {"decisions": Decisions(members=tuple(("010001", o.key) for o in CREW))},
            "4人分あり、1チーム3人を超えています",
        ),
        (
            {"officials": tuple(replace(o, excluded=(("prefecture", "01"),)) for o in CREW)},
            "本人が対応困難とした地域には置かない（該当する応募者は4人）",
        ),
        (
            {
                "officials": (replace(CREW[0], conflicts=(("region", "北"),)), *CREW[1:]),
                "decisions": Decisions(officials_out=("p3",)),
            },
            "利害関係のある市町村には置かない（該当する応募者は1人）",
        ),
        ({"rules": Rules(1, ministry_limits={"m0": 0, "m1": 0})}, "人数の上限を守る"),
    ],
)
def test_infeasible_names_the_rule(change: dict, said: str) -> None:
    asked = {"challenges": (PLACE,), "officials": CREW, "rules": Rules(1)} | change
    solution = solve(Problem(**asked), time_limit=10)
    assert solution.status is Status.INFEASIBLE
    assert solution.teams == ()
    assert any(said in reason for reason in solution.reasons), solution.reasons


def test_clash_is_as_small_as_can_be() -> None:
    # p0 and p1 exclude the only place; p2 and p3 alone cannot make three.
    officials = (
        *(replace(o, excluded=(("municipality", "010001"),)) for o in CREW[:2]),
        *CREW[2:],
    )
    problem = Problem(
        (PLACE, replace(PLACE, key="010002")),
        officials,
        Rules(1, ministry_limit=1),
        decisions=Decisions(challenges_in=("010001",), bans=(("010002", "p0"),)),
        names={"010001": "北海道北町"},
    )
    assert solve(problem, time_limit=10).reasons == (
        "本人が対応困難とした地域には置かない（該当する応募者は2人）。",
        "北海道北町を必ず選ぶ。",
    )


@pytest.mark.parametrize("count", [0, 1])
def test_none_or_one_challenge(count: int) -> None:
    problem = Problem((PLACE,), CREW, Rules(count))
    solution = solve(problem, time_limit=10)
    assert solution.status is Status.OPTIMAL
    assert len(solution.teams) == count
    assert (
        rule_violations(problem, [(t.challenge_key, t.official_keys) for t in solution.teams]) == []
    )
