"""Why not: where an official's wishes went, the nearest seat of who has none, the margin of a
challenge that was not chosen.

Every sentence is made from the points of a standing (see `moves`); nothing else is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from companion.matching.check import team_violations
from companion.matching.explain import points_text
from companion.matching.instance import Instance
from companion.matching.moves import Standing, place_of, replaced
from companion.matching.problem import (
    MUNICIPALITY,
    PREFECTURE,
    Decisions,
    Official,
    Place,
    Problem,
)
from companion.matching.score import contains, score_team, shortfall

# From how many free officials the best team of a challenge not chosen is put together.
POOL = 16


@dataclass(frozen=True)
class Seat:
    """A seat an official could have: whose, and what taking it would do (hundredths).

    `here` is the change of that team's score, `total` that of the programme; `refusals` are the
    rules that forbid it.
    """

    challenge: str
    holder: str
    here: int
    total: int
    refusals: tuple[str, ...]


def seats_for(
    problem: Problem, standing: Standing, official: str, challenges: Sequence[str] | None = None
) -> list[Seat]:
    """Every seat of other teams for one official, the legal ones first, the best first."""
    own = place_of(standing, official)
    found = []
    for challenge in challenges if challenges is not None else list(standing):
        if challenge == own or challenge not in standing:
            continue
        for holder in standing[challenge]:
            change = replaced(standing, challenge, holder, official)
            refusals = [
                sentence
                for key, members in change.items()
                for sentence in team_violations(problem, key, members or ())
            ]
            worth = {
                key: (_score(problem, key, members or ()), _score(problem, key, standing[key]))
                for key, members in change.items()
            }
            here = worth[challenge][0] - worth[challenge][1]
            change_of_total = sum(
                (after - shortfall(problem, after)) - (before - shortfall(problem, before))
                for after, before in worth.values()
            )
            found.append(Seat(challenge, holder, here, change_of_total, tuple(refusals)))
    return sorted(found, key=lambda s: (bool(s.refusals), -s.total, s.challenge, s.holder))


def _score(problem: Problem, challenge: str, members: Sequence[str]) -> int:
    return sum(score_team(problem, challenge, members).values())


@dataclass(frozen=True)
class WishResult:
    """What became of one wish, as a sentence; `is_met` when the official serves there."""

    place: Place
    is_met: bool
    sentence: str


def wish_results(problem: Problem, standing: Standing, official: str) -> list[WishResult]:
    """Where each wish of an official ended, in the order of the wishes."""
    person = problem.official_by_key[official]
    own = place_of(standing, official)
    return [_wish_result(problem, standing, person, own, place) for place in person.wishes]


def _wish_result(
    problem: Problem, standing: Standing, person: Official, own: str | None, place: Place
) -> WishResult:
    if own and contains(place, problem.challenge_by_key[own]):
        return WishResult(place, True, f"{_name(problem, own)}に配置した。")
    there = [c.key for c in problem.challenges if contains(place, c)]
    chosen = [key for key in there if key in standing]
    if not there:
        words = (
            "応募がないか、対象外である。"
            if place[0] == MUNICIPALITY
            else "応募のあった市町村がない。"
        )
        return WishResult(place, False, words)
    if not chosen:
        return WishResult(place, False, f"応募{len(there)}件のうち、選定された市町村がない。")
    best = seats_for(problem, standing, person.key, chosen)[0]
    return WishResult(place, False, seat_sentence(problem, standing, person.key, best))


def seat_sentence(problem: Problem, standing: Standing, official: str, seat: Seat) -> str:
    """What taking a seat would do, or the rule that forbids it."""
    where, holder = _name(problem, seat.challenge), _name(problem, seat.holder)
    if seat.refusals:
        return f"{where}には置けない。{seat.refusals[0]}"
    how = "入れ替える" if place_of(standing, official) else "代わる"
    return (
        f"{where}で{holder}と{how}と、そのチームは{signed(seat.here)}点、"
        f"全体では{signed(seat.total)}点になる。"
    )


def why_unplaced(problem: Problem, standing: Standing, official: str) -> str:
    """Why an official has no team: a rule about the person, or the nearest seat and its price."""
    person = problem.official_by_key[official]
    if problem.rules.needs_consent and not person.consented:
        return "上司の同意が確認できていないため、編成の対象になっていない。"
    if official in problem.decisions.officials_out:
        return "事務局の指定により、編成の対象から外れている。"
    seats = seats_for(problem, standing, official)
    if not seats:
        return "チームがまだない。"
    return "最も近い席：" + seat_sentence(problem, standing, official, seats[0])


def signed(hundredths: int) -> str:
    """Points with their sign, 「+0.84」 or 「-3.21」; ±0.00 for none."""
    if hundredths == 0:
        return "±0.00"
    return ("+" if hundredths > 0 else "") + points_text(hundredths)


@dataclass(frozen=True)
class Margin:
    """How far a challenge is from being chosen, when no other team is touched.

    It would take the place of `instead` with the `members` given (from that team and from those
    without a team); the programme would change by `difference`, of which `parts` says how much
    comes from the team's score, the floor, the merit and the spread over prefectures.
    """

    challenge: str
    instead: str
    members: tuple[str, ...]
    score: int
    difference: int
    parts: dict[str, int]


def margin_of(
    problem: Problem, standing: Standing, challenge: str, instance: Instance | None = None
) -> Margin | None:
    """The best exchange of a challenge not chosen against one chosen; None where none is legal.

    The team is put together from the members of the team that gives way and the sixteen free
    officials who fit best: a lower bound on what is possible, and exact for the exchange told.
    """
    instance = instance or Instance(problem)
    r = instance.row[challenge]
    taken = {member for members in standing.values() for member in members}
    open_to = [n for n in range(len(instance.officials)) if instance.legal[r, n]]
    free = [n for n in open_to if instance.officials[n].key not in taken]
    fit = instance.base[r] + problem.weights.coverage * instance.deep[r] / 20_000
    free = sorted(free, key=lambda n: (-fit[n], n))[:POOL]
    # Teams of the free alone may take any place; the others that of the members they hold.
    teams = list(combinations(free, instance.size))
    owner = [""] * len(teams)
    for key, members in standing.items():
        if _is_fixed(problem.decisions, key):
            continue
        columns = (instance.column.get(member, -1) for member in members)
        mine = [n for n in columns if n >= 0 and instance.legal[r, n]]
        for count in range(1, min(instance.size, len(mine)) + 1):
            for inside in combinations(mine, count):
                for outside in combinations(free, instance.size - count):
                    teams.append(inside + outside)
                    owner.append(key)
    if not teams:
        return None
    array = np.array(teams, dtype=np.int64)
    scores = np.where(instance.are_legal(r, array), instance.scores(r, array), -(10**9))
    top: dict[str, int] = {}
    # The highest score of each owner, the earliest of equals.
    for k in np.argsort(-scores, kind="stable"):
        if scores[k] == -(10**9):
            break
        top.setdefault(owner[k], int(k))
    counts = Counter(problem.challenge_by_key[key].prefecture_code for key in standing)
    best: Margin | None = None
    for key in standing:
        if _is_fixed(problem.decisions, key):
            continue
        chances = [top[name] for name in (key, "") if name in top]
        if not chances:
            continue
        k = max(chances, key=lambda k: (scores[k], -k))
        parts = _exchange(problem, standing, counts, challenge, key, int(scores[k]))
        difference = sum(parts.values())
        if best is None or (difference, best.instead) > (best.difference, key):
            team = tuple(instance.officials[n].key for n in sorted(teams[k]))
            best = Margin(challenge, key, team, int(scores[k]), difference, parts)
    return best


def _is_fixed(decisions: Decisions, challenge: str) -> bool:
    return (
        challenge in decisions.challenges_in
        or any(key == challenge for key, _ in decisions.members)
        or any(key == challenge for key, _ in decisions.locks)
    )


def _exchange(
    problem: Problem,
    standing: Standing,
    counts: Counter[str],
    comes: str,
    leaves: str,
    score: int,
) -> dict[str, int]:
    new, old = problem.challenge_by_key[comes], problem.challenge_by_key[leaves]
    before = _score(problem, leaves, standing[leaves])
    after = Counter(counts)
    after[old.prefecture_code] -= 1
    after[new.prefecture_code] += 1
    return {
        "teams": score - before,
        "shortfall": shortfall(problem, before) - shortfall(problem, score),
        "merit": new.merit - old.merit,
        "prefectures": _spread(problem, after) - _spread(problem, counts),
    }


def _spread(problem: Problem, counts: Counter[str]) -> int:
    weights, points = problem.weights, 0
    for code, count in counts.items():
        cap = problem.rules.soft_cap_of(code)
        points += weights.prefecture_bonus * (count > 0)
        if cap is not None:
            points -= weights.over_cap * max(0, count - cap)
    return points


def margin_sentence(problem: Problem, margin: Margin | None) -> str:
    """The margin in words, with what would have changed it."""
    if margin is None:
        return "ほかのチームを動かさずに、規則に合うチームを組めない。"
    names = "、".join(_name(problem, key) for key in margin.members)
    said = (
        f"選定された中で最も差の小さい{_name(problem, margin.instead)}と入れ替え、{names}で組むと、"
        f"全体では{signed(margin.difference)}点になる（"
        + "、".join(
            f"{label}{signed(margin.parts[key])}"
            for key, label in (
                ("teams", "チームの得点"),
                ("shortfall", "基準点に届かない分"),
                ("merit", "審査の評点"),
                ("prefectures", "都道府県の広がり"),
            )
            if margin.parts[key]
        )
        + "）。"
    )
    if margin.difference < 0:
        said += f"審査の評点があと{points_text(-margin.difference)}点高ければ並ぶ。"
    return said


def place_words(problem: Problem, place: Place, prefectures: dict[str, str]) -> str:
    """What a wished place is called."""
    kind, name = place
    if kind == PREFECTURE:
        return prefectures.get(name, name)
    return _name(problem, name) if kind == MUNICIPALITY else name


def margins(problem: Problem, standing: Standing) -> dict[str, Margin | None]:
    """The margin of every challenge not chosen, by key."""
    instance = Instance(problem)
    return {
        challenge.key: margin_of(problem, standing, challenge.key, instance)
        for challenge in problem.challenges
        if challenge.key not in standing
    }


def _name(problem: Problem, key: str) -> str:
    return problem.names.get(key, key)
