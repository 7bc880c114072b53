"""The points of one team and of a whole programme: the definition, in plain Python.

Every mean and share is rounded half up once, on the whole team, so parts always add up to the
score. `PARTS` is the order in which parts are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from companion.matching.problem import (
    MUNICIPALITY,
    PREFECTURE,
    REGION,
    Challenge,
    Official,
    Place,
    Problem,
    Weights,
)

PARTS = {
    "coverage": "分野の適合",
    "wishes": "希望",
    "ties": "縁",
    "mix": "職位の組合せ",
    "depth": "専門性の厚み",
    "travel": "出張のしやすさ",
    "continuity": "継続",
    "given": "評点",
}
PROGRAMME = {
    "teams": "チームの得点",
    "shortfall": "基準点に届かない分",
    "merit": "審査の評点",
    "prefectures": "都道府県の広がり",
    "over_cap": "同一県の超過",
    "kept": "据え置き",
}


@dataclass(frozen=True)
class Match:
    """How a place of an official meets a challenge: at which level, and the order of the wish."""

    kind: str  # municipality, prefecture, region, anywhere
    order: int  # 1 for the first wish of its kind
    percent: int
    place: Place | None = None


def half_up(numerator: int, denominator: int) -> int:
    """Quotient of two integers (numerator not negative), 四捨五入."""
    return (2 * numerator + denominator) // (2 * denominator)


def prefecture_of(place: Place) -> str:
    """The prefecture's code of a municipality or prefecture, empty for a region."""
    return "" if place[0] == REGION else place[1][:2]


def region_of(problem: Problem, place: Place) -> str:
    """The region a place lies in, empty where unknown."""
    if place[0] == REGION:
        return place[1]
    return problem.region_by_prefecture.get(prefecture_of(place), "")


def contains(place: Place, challenge: Challenge) -> bool:
    """True if the challenge's municipality is the place or lies in it."""
    kind, name = place
    if kind == MUNICIPALITY:
        return name == challenge.key
    if kind == PREFECTURE:
        return name == challenge.prefecture_code
    return bool(name) and name == challenge.region


def best_wish(weights: Weights, challenge: Challenge, official: Official) -> Match | None:
    """The wish of an official that this challenge meets best; None if it meets none."""
    found: list[Match] = []
    orders = {MUNICIPALITY: 0, PREFECTURE: 0, REGION: 0}
    for place in official.wishes:
        kind = place[0]
        orders[kind] += 1
        order = orders[kind]
        if kind == MUNICIPALITY and place[1] == challenge.key:
            found.append(Match(MUNICIPALITY, order, _at(weights.wish_municipality, order), place))
        elif kind != REGION and prefecture_of(place) == challenge.prefecture_code:
            found.append(Match(PREFECTURE, order, _at(weights.wish_prefecture, order), place))
        elif kind == REGION and contains(place, challenge):
            found.append(Match(REGION, order, _at(weights.wish_region, order), place))
    if official.anywhere:
        found.append(Match("anywhere", 1, weights.wish_anywhere))
    return max(found, key=lambda match: match.percent, default=None)


def best_tie(problem: Problem, challenge: Challenge, official: Official) -> Match | None:
    """The closest tie of an official to the challenge's municipality; None without one."""
    weights = problem.weights
    found: list[Match] = []
    for place in official.ties:
        if place == (MUNICIPALITY, challenge.key):
            found.append(Match(MUNICIPALITY, 1, weights.tie_municipality, place))
        elif prefecture_of(place) == challenge.prefecture_code:
            found.append(Match(PREFECTURE, 1, weights.tie_prefecture, place))
        elif challenge.region and region_of(problem, place) == challenge.region:
            found.append(Match(REGION, 1, weights.tie_region, place))
    return max(found, key=lambda match: match.percent, default=None)


def travel_percent(weights: Weights, challenge: Challenge, official: Official) -> int:
    """How far the travel days offered suffice for the challenge's remoteness, 0 to 100."""
    if official.travel_days is None:
        return weights.travel_unknown
    needed = weights.travel_days[challenge.remoteness]
    return min(100, max(0, official.travel_days) * 100 // needed)


def level_percent(weights: Weights, official: Official, field_code: str) -> int:
    """What an official's level in a policy field is worth, 0 to 100."""
    return weights.level_percent[official.levels.get(field_code, 0)]


def score_team(
    problem: Problem, challenge_key: str, official_keys: Sequence[str]
) -> dict[str, int]:
    """Points of a team by part, in hundredths; their sum is the team's score."""
    if problem.matrix is not None:
        row = problem.matrix.get(challenge_key, {})
        return {"given": sum(row.get(key, 0) for key in official_keys)}
    weights = problem.weights
    challenge = problem.challenge_by_key[challenge_key]
    members = [problem.official_by_key[key] for key in official_keys]
    size = len(members)
    wishes = [best_wish(weights, challenge, member) for member in members]
    ties = [best_tie(problem, challenge, member) for member in members]
    covered = sum(
        share * max(level_percent(weights, member, code) for member in members)
        for code, share in challenge.fields.items()
    )
    deep = sum(
        share * level_percent(weights, member, code)
        for code, share in challenge.fields.items()
        for member in members
    )
    ranks = len({member.rank_class for member in members})
    travel = sum(travel_percent(weights, challenge, member) for member in members)
    stay = sum(stays(challenge, member) for member in members)
    return {
        "coverage": half_up(weights.coverage * covered, 10_000),
        "wishes": half_up(weights.wishes * sum(w.percent for w in wishes if w), 100 * size),
        "ties": half_up(weights.ties * max((t.percent for t in ties if t), default=0), 100),
        "mix": half_up(weights.mix * (ranks - 1), size - 1) if size > 1 else 0,
        "depth": half_up(weights.depth * deep, 10_000 * size),
        "travel": half_up(weights.travel * travel, 100 * size),
        "continuity": half_up(weights.continuity * stay, size),
    }


def stays(challenge: Challenge, official: Official) -> bool:
    """True if the official was in this challenge's last team and wants to stay."""
    return official.wants_to_stay and official.key in challenge.last_members


def shortfall(problem: Problem, score: int) -> int:
    """Hundredths deducted from the programme for a team under the floor."""
    if problem.matrix is not None:
        return 0
    weights = problem.weights
    return (weights.shortfall_times - 1) * max(0, weights.floor - score)


def programme_points(
    problem: Problem, teams: Iterable[tuple[str, Sequence[str]]]
) -> dict[str, int]:
    """What a whole answer is worth, by part of the programme, in hundredths."""
    scores: list[int] = []
    chosen: list[Challenge] = []
    kept = 0
    for challenge_key, official_keys in teams:
        scores.append(sum(score_team(problem, challenge_key, official_keys).values()))
        chosen.append(problem.challenge_by_key[challenge_key])
        kept += len(set(official_keys) & set(problem.keep.teams.get(challenge_key, ())))
    counts: dict[str, int] = {}
    for challenge in chosen:
        counts[challenge.prefecture_code] = counts.get(challenge.prefecture_code, 0) + 1
    return {
        "teams": sum(scores),
        "shortfall": -sum(shortfall(problem, score) for score in scores),
        "merit": sum(challenge.merit for challenge in chosen),
        "prefectures": problem.weights.prefecture_bonus * len(counts),
        "over_cap": -problem.weights.over_cap * _over(problem, counts),
        "kept": problem.keep.bonus * kept,
    }


def _over(problem: Problem, counts: Mapping[str, int]) -> int:
    over = 0
    for prefecture_code, count in counts.items():
        cap = problem.rules.soft_cap_of(prefecture_code)
        if cap is not None:
            over += max(0, count - cap)
    return over


def _at(percents: tuple[int, ...], order: int) -> int:
    return percents[min(order, len(percents)) - 1] if percents else 0
