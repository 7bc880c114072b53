"""Why this team: the sentences behind every part of its points, from the data alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from companion.matching.problem import MUNICIPALITY, PREFECTURE, Challenge, Official, Problem
from companion.matching.score import (
    PARTS,
    Match,
    best_tie,
    best_wish,
    half_up,
    level_percent,
    shortfall,
    stays,
    travel_percent,
)
from companion.matching.solution import Team

LEVELS = {0: "なし", 1: "初級", 2: "中級", 3: "上級"}


class Names(Protocol):
    """What keys are called on screen; a key that is missing is shown as it is."""

    @property
    def challenges(self) -> Mapping[str, str]:
        """By municipality code."""

    @property
    def officials(self) -> Mapping[str, str]:
        """By the official's key."""

    @property
    def fields(self) -> Mapping[str, str]:
        """By policy field."""

    @property
    def ministries(self) -> Mapping[str, str]:
        """By ministry."""


@dataclass(frozen=True)
class Reasons:
    """Sentences on the team, one or more for each part, and on each member by key."""

    team: tuple[str, ...]
    members: dict[str, tuple[str, ...]]


def points_text(hundredths: int) -> str:
    """Hundredths as points with two decimals."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}"


def explain_team(problem: Problem, team: Team, names: Names) -> Reasons:
    """Sentences for a team and for each of its members."""
    challenge = problem.challenge_by_key[team.challenge_key]
    members = [problem.official_by_key[key] for key in team.official_keys]
    sentences: list[str] = []
    if problem.matrix is None:
        sentences += _coverage(problem, challenge, members, team, names)
        sentences += _wishes_and_ties(problem, challenge, members, team, names)
        sentences += _others(problem, challenge, members, team, names)
    else:
        sentences.append(f"{PARTS['given']} {points_text(team.score)}点（与えられた評点の合計）")
    short = shortfall(problem, team.score)
    if short:
        sentences.append(
            f"基準の{points_text(problem.weights.floor)}点に届かないため、"
            f"全体の得点から{points_text(short)}点を引いている"
        )
    return Reasons(
        tuple(sentences),
        {member.key: _why(problem, challenge, member, members, names) for member in members},
    )


def _person(official: Official, names: Names) -> str:
    return names.officials.get(official.key, official.key)


def _field(code: str, names: Names) -> str:
    return names.fields.get(code, code)


def _head(part: str, team: Team, most: int) -> str:
    return f"{PARTS[part]} {points_text(team.parts[part])}／{points_text(most)}点"


def _coverage(
    problem: Problem, challenge: Challenge, members: list[Official], team: Team, names: Names
) -> list[str]:
    weights = problem.weights
    head = _head("coverage", team, weights.coverage)
    if not challenge.fields:
        return [f"{head}（課題に政策分野の記載がない）"]
    said = [head]
    for code, share in _by_share(challenge):
        most = half_up(weights.coverage * share, 100)
        best = max(members, key=lambda member: level_percent(weights, member, code))
        level = best.levels.get(code, 0)
        label = f"{_field(code, names)}（配点{points_text(most)}点）"
        if level_percent(weights, best, code):
            ministry = names.ministries.get(best.ministry, best.ministry)
            said.append(f"{label}：{ministry}の応募者が{LEVELS[level]}")
        else:
            said.append(f"{label}：得意とする応募者がいない")
    return said


def _by_share(challenge: Challenge) -> list[tuple[str, int]]:
    return sorted(challenge.fields.items(), key=lambda item: (-item[1], item[0]))


def _wish_words(match: Match) -> str:
    if match.kind == MUNICIPALITY:
        return f"第{match.order}希望の市町村"
    if match.kind == PREFECTURE:
        if match.place is not None and match.place[0] == PREFECTURE:
            return f"第{match.order}希望の都道府県"
        return f"第{match.order}希望の市町村と同じ都道府県"
    if match.kind == "anywhere":
        return "どこでもよいとの申し出"
    return "希望する地域"


def _tie_words(match: Match) -> str:
    if match.kind == MUNICIPALITY:
        return "この市町村に縁がある"
    if match.kind == PREFECTURE:
        return "同じ都道府県に縁がある"
    return "同じ地域に縁がある"


def _wishes_and_ties(
    problem: Problem, challenge: Challenge, members: list[Official], team: Team, names: Names
) -> list[str]:
    weights = problem.weights
    wishes = []
    for member in members:
        match = best_wish(weights, challenge, member)
        words = _wish_words(match) if match and match.percent else "希望に当たらない"
        wishes.append(f"{_person(member, names)}は{words}")
    sentences = [f"{_head('wishes', team, weights.wishes)}：{'、'.join(wishes)}"]
    ties = [
        (match, member)
        for member in members
        if (match := best_tie(problem, challenge, member)) is not None and match.percent
    ]
    head = _head("ties", team, weights.ties)
    if ties:
        match, member = max(ties, key=lambda item: item[0].percent)
        sentences.append(f"{head}：{_person(member, names)}は{_tie_words(match)}")
    else:
        sentences.append(f"{head}：縁のある応募者がいない")
    return sentences


def _others(
    problem: Problem, challenge: Challenge, members: list[Official], team: Team, names: Names
) -> list[str]:
    weights = problem.weights
    ranks = len({member.rank_class for member in members})
    sentences = [f"{_head('mix', team, weights.mix)}：{len(members)}人の職位区分は{ranks}種類"]
    if challenge.fields:
        deep = "、".join(
            f"{_person(member, names)}は{_own_depth(problem, challenge, member)}％"
            for member in members
        )
        sentences.append(f"{_head('depth', team, weights.depth)}：{deep}")
    travel = "、".join(
        f"{_person(member, names)}は{_days(problem, challenge, member)}" for member in members
    )
    needed = weights.travel_days[challenge.remoteness]
    sentences.append(f"{_head('travel', team, weights.travel)}（年{needed}日が目安）：{travel}")
    if challenge.last_members:
        staying = [_person(m, names) for m in members if stays(challenge, m)]
        words = f"{'、'.join(staying)}が前期から続けて担当" if staying else "前期の構成員はいない"
        sentences.append(f"{_head('continuity', team, weights.continuity)}：{words}")
    return sentences


def _own_depth(problem: Problem, challenge: Challenge, official: Official) -> int:
    total = sum(
        share * level_percent(problem.weights, official, code)
        for code, share in challenge.fields.items()
    )
    return half_up(total, 100)


def _days(problem: Problem, challenge: Challenge, official: Official) -> str:
    if official.travel_days is None:
        return "出張可能日数の記載がない"
    fit = travel_percent(problem.weights, challenge, official)
    return f"年{official.travel_days}日（{fit}％）"


def _why(
    problem: Problem,
    challenge: Challenge,
    official: Official,
    members: list[Official],
    names: Names,
) -> tuple[str, ...]:
    decisions = problem.decisions
    said: list[str] = []
    if (challenge.key, official.key) in decisions.members or any(
        key == challenge.key for key, _ in decisions.locks
    ):
        said.append("事務局の指定による配置")
    if problem.matrix is not None:
        points = problem.matrix.get(challenge.key, {}).get(official.key, 0)
        return (*said, f"評点{points_text(points)}点")
    others = [member for member in members if member.key != official.key]
    weights = problem.weights
    for code, _ in _by_share(challenge):
        level = official.levels.get(code, 0)
        if not level_percent(weights, official, code):
            continue
        best = max((member.levels.get(code, 0) for member in others), default=0)
        label = f"{_field(code, names)}が{LEVELS[level]}"
        said.append(f"{label}（チームで最も高い）" if level > best else label)
    wish = best_wish(weights, challenge, official)
    if wish and wish.percent:
        said.append(_wish_words(wish))
    tie = best_tie(problem, challenge, official)
    if tie and tie.percent:
        said.append(_tie_words(tie))
    if stays(challenge, official):
        said.append("前期から続けて担当")
    if official.can_lead and not any(member.can_lead for member in others):
        said.append("チームでただ一人リーダーを務められる")
    if official.rank_class not in {member.rank_class for member in others} and others:
        said.append("ほかの2人と職位区分が異なる" if len(others) == 2 else "職位区分が異なる")
    if not said:
        said.append("分野・希望・縁に当てはまる点はない（全体の得点による配置）")
    return tuple(said)
