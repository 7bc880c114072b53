"""How teams are laid out for reading: the board, the officials, the spread, two side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from companion.matching.explain import Names
from companion.matching.moves import Standing, differences
from companion.matching.problem import PREFECTURE, Problem
from companion.matching.score import (
    PROGRAMME,
    best_wish,
    programme_points,
    score_team,
    travel_percent,
)
from companion.matching.sketch import Sketch


class AllNames(Names, Protocol):
    """Names with what the board shows besides."""

    @property
    def ids(self) -> Mapping[str, str]:
        """The public id of each official."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What each challenge is about."""

    @property
    def over_limit(self) -> Sequence[str]:
        """Challenges whose population reaches the limit."""


# Less than half of the days that the place needs.
HARD_TO_TRAVEL = 50


@dataclass(frozen=True)
class Line:
    """One team of the board; points in hundredths."""

    key: str
    place: str
    title: str
    prefecture_code: str
    members: list[str]
    score: int
    parts: dict[str, int]
    warnings: list[str]
    is_locked: bool
    pinned: list[str]


SORTS: dict[str, tuple[str, Callable[[Line], Any]]] = {
    "": ("団体コード順", lambda line: line.key),
    "weakest": ("得点の低い順", lambda line: (line.score, line.key)),
    "strongest": ("得点の高い順", lambda line: (-line.score, line.key)),
    "warnings": ("注意の多い順", lambda line: (-len(line.warnings), line.score, line.key)),
}


@dataclass(frozen=True)
class Board:
    """All teams with the programme's points by part, and the spread (key, count).

    `ministries` are (name, members in teams, applicants).

    `worst` is the lowest score, `wished` how many members serve where they wished.
    """

    lines: list[Line]
    programme: dict[str, int]
    total: int
    worst: int
    wished: int
    seats: int
    prefectures: dict[str, int]
    ministries: list[tuple[str, int, int]]
    sort: str


def board_of(problem: Problem, sketch: Sketch, names: AllNames, *, sort: str = "") -> Board:
    """Lay out teams; an unknown sort key means the order of codes."""
    sort = sort if sort in SORTS else ""
    ministries: Counter[str] = Counter()
    applied = Counter(person.ministry for person in problem.officials)
    prefectures: Counter[str] = Counter()
    wished, lines = 0, []
    teams = Counter(member for members in sketch.teams.values() for member in members)
    for key in sketch.teams:
        prefectures[problem.challenge_by_key[key].prefecture_code] += 1
    for key, members in sketch.teams.items():
        challenge = problem.challenge_by_key[key]
        for member in members:
            person = problem.official_by_key[member]
            ministries[person.ministry] += 1
            wish = best_wish(problem.weights, challenge, person)
            wished += wish is not None and wish.kind != "anywhere"
        parts = score_team(problem, key, members)
        lines.append(
            Line(
                key=key,
                place=names.challenges.get(key, key),
                title=names.titles.get(key, ""),
                prefecture_code=challenge.prefecture_code,
                members=list(members),
                score=sum(parts.values()),
                parts=parts,
                warnings=_warnings(problem, key, members, names, prefectures, teams),
                is_locked=key in sketch.locks,
                pinned=[official for place, official in sketch.pins if place == key],
            )
        )
    programme = programme_points(problem, sketch.teams.items())
    return Board(
        lines=sorted(lines, key=SORTS[sort][1]),
        programme=programme,
        total=sum(programme.values()),
        worst=min((line.score for line in lines), default=0),
        wished=wished,
        seats=sum(len(line.members) for line in lines),
        prefectures=dict(prefectures),
        ministries=sorted(
            ((names.ministries.get(key, key), n, applied[key]) for key, n in ministries.items()),
            key=lambda row: (-row[1], row[0]),
        ),
        sort=sort,
    )


def _warnings(
    problem: Problem,
    key: str,
    members: Sequence[str],
    names: AllNames,
    prefectures: Counter[str],
    teams: Counter[str],
) -> list[str]:
    challenge = problem.challenge_by_key[key]
    people = [problem.official_by_key[member] for member in members]
    found = []
    score = sum(score_team(problem, key, members).values())
    if problem.matrix is None and score < problem.weights.floor:
        found.append("基準点未満")
    for code in challenge.fields:
        levels = [person.levels.get(code, 0) for person in people]
        label = names.fields.get(code, code)
        if not any(levels):
            found.append(f"{label}を得意とする人がいない")
        elif sum(level > 0 for level in levels) == 1 and challenge.fields[code] >= 50:
            found.append(f"{label}は一人だけ")
    if problem.rules.needs_leader and sum(person.can_lead for person in people) == 1:
        found.append("リーダーを務められる人が一人")
    for person in people:
        fits = any(person.levels.get(code) for code in challenge.fields)
        if not fits and not best_wish(problem.weights, challenge, person):
            found.append(f"{names.officials.get(person.key, person.key)}は分野も希望も合わない")
        fit = travel_percent(problem.weights, challenge, person)
        if person.travel_days is not None and fit < HARD_TO_TRAVEL:
            found.append(f"{names.officials.get(person.key, person.key)}は出張できる日が足りない")
        if teams[person.key] > 1:
            found.append(
                f"{names.officials.get(person.key, person.key)}は{teams[person.key]}チームを兼ねる"
            )
    if key in names.over_limit:
        found.append("人口が目安以上")
    cap = problem.rules.soft_cap_of(challenge.prefecture_code)
    if cap is not None and prefectures[challenge.prefecture_code] > cap:
        found.append(f"同じ都道府県が{cap}を超える")
    return found


@dataclass(frozen=True)
class Person:
    """An official on the list: where placed, and how that meets the wishes."""

    key: str
    name: str
    place: str | None
    place_name: str
    outcome: str
    wishes: int


def people_of(problem: Problem, standing: Standing, names: AllNames) -> list[Person]:
    """Every official with the outcome, those without a team first."""
    place = {member: key for key, members in standing.items() for member in members}
    found = []
    for person in problem.officials:
        key = place.get(person.key)
        outcome = "配置なし"
        if problem.rules.needs_consent and not person.consented:
            outcome = "上司の同意なし"
        elif key:
            match = best_wish(problem.weights, problem.challenge_by_key[key], person)
            outcome = (
                {
                    "municipality": f"第{match.order}希望の市町村",
                    PREFECTURE: f"希望の都道府県（第{match.order}）",
                    "region": "希望の地域",
                    "anywhere": "どこでもよい",
                }[match.kind]
                if match
                else "希望に当たらない"
            )
        found.append(
            Person(
                person.key,
                names.officials.get(person.key, person.key),
                key,
                names.challenges.get(key, key) if key else "",
                outcome,
                len(person.wishes),
            )
        )
    return sorted(found, key=lambda row: (row.place is not None, row.outcome, row.name))


@dataclass(frozen=True)
class Measure:
    """One figure of two standings side by side, in hundredths or as a count."""

    label: str
    first: int
    second: int
    is_points: bool = True

    @property
    def difference(self) -> int:
        """The second less the first."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """Two standings side by side."""

    measures: list[Measure]
    kept: int  # teams that are exactly the same
    places_only_first: list[str]
    places_only_second: list[str]
    moved: list[tuple[str, str, str]]  # name, place before, place after


def compare(
    problem: Problem,
    names: AllNames,
    first: Standing,
    second: Standing,
    other: tuple[Problem, AllNames] | None = None,
) -> Comparison:
    """What differs between two standings, both judged by the same weights.

    `other` is the question of the second, where it was asked about other data: then each is judged
    by its own.
    """
    a = board_of(problem, Sketch(dict(first)), names)
    asked, called = other or (problem, names)
    b = board_of(asked, Sketch(dict(second)), called)
    labels = dict(names.challenges)
    people = dict(names.officials)
    if other:
        labels = {**other[1].challenges, **labels}
        people = {**other[1].officials, **people}
    measures = [Measure("全体の得点", a.total, b.total)]
    measures += [
        Measure(label, a.programme[part], b.programme[part])
        for part, label in PROGRAMME.items()
        if a.programme[part] or b.programme[part]
    ]
    measures.append(Measure("最も低いチーム", a.worst, b.worst))
    measures.append(Measure("希望の場所に配置した人", a.wished, b.wished, is_points=False))
    measures.append(
        Measure("都道府県の数", len(a.prefectures), len(b.prefectures), is_points=False)
    )

    def place(key: str | None) -> str:
        return labels.get(key, key) if key else "配置なし"

    return Comparison(
        measures=measures,
        kept=sum(set(second.get(key, ())) == set(members) for key, members in first.items()),
        places_only_first=[place(key) for key in sorted(set(first) - set(second))],
        places_only_second=[place(key) for key in sorted(set(second) - set(first))],
        moved=[
            (people.get(m.official, m.official), place(m.before), place(m.after))
            for m in differences(first, second)
        ],
    )
