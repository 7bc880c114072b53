"""Hand work on standing teams: what a change does to the teams it touches and to the whole.

A standing is the teams as they are: challenge -> members, by key. Every change is given as the
teams that become different; nothing is changed here. Points are hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.matching.check import rule_violations, team_violations
from companion.matching.problem import Problem
from companion.matching.score import programme_points, score_team, shortfall

Standing = Mapping[str, tuple[str, ...]]
# The teams that become different; None where a challenge has no team any more.
Change = dict[str, tuple[str, ...] | None]


@dataclass(frozen=True)
class TeamEffect:
    """One touched team; `before` or `after` is None where there is no team.

    Both are points by part; their sums are the team's score.
    """

    challenge: str
    members_before: tuple[str, ...]
    members_after: tuple[str, ...]
    before: dict[str, int] | None
    after: dict[str, int] | None

    @property
    def difference(self) -> int:
        """How much the team's score changes."""
        return sum((self.after or {}).values()) - sum((self.before or {}).values())


@dataclass(frozen=True)
class Effect:
    """What a change does; with `refusals` it must not be applied."""

    teams: tuple[TeamEffect, ...]
    before: int
    after: int
    refusals: tuple[str, ...]

    @property
    def difference(self) -> int:
        """How much the whole programme's points change."""
        return self.after - self.before


def total(problem: Problem, standing: Standing) -> int:
    """The whole programme's points of a standing."""
    return sum(programme_points(problem, standing.items()).values())


def changed(standing: Standing, change: Change) -> dict[str, tuple[str, ...]]:
    """The standing after a change."""
    after = dict(standing)
    for challenge, members in change.items():
        if members is None:
            after.pop(challenge, None)
        else:
            after[challenge] = members
    return after


def effect_of(problem: Problem, standing: Standing, change: Change) -> Effect:
    """The effect of a change, with the sentences on every rule that it newly breaks."""
    after = changed(standing, change)
    told = set(rule_violations(problem, list(standing.items())))
    refusals = [
        sentence
        for sentence in rule_violations(problem, list(after.items()))
        if sentence not in told
    ]
    known = all(
        key in problem.challenge_by_key and all(m in problem.official_by_key for m in members or ())
        for key, members in change.items()
    )
    if not known:
        return Effect((), 0, 0, tuple(refusals))
    return Effect(
        tuple(
            TeamEffect(
                key,
                standing.get(key, ()),
                after.get(key, ()),
                score_team(problem, key, standing[key]) if key in standing else None,
                score_team(problem, key, after[key]) if after.get(key) else None,
            )
            for key in change
        ),
        total(problem, standing),
        total(problem, after),
        tuple(refusals),
    )


def place_of(standing: Standing, official: str) -> str | None:
    """The challenge an official serves in a standing, None when unassigned."""
    return next((key for key, members in standing.items() if official in members), None)


def replaced(standing: Standing, challenge: str, leaves: str, comes: str) -> Change:
    """`comes` takes the seat of `leaves`; when `comes` serves elsewhere the two change places."""
    change: Change = {challenge: _instead(standing[challenge], leaves, comes)}
    elsewhere = place_of(standing, comes)
    if elsewhere is not None and elsewhere != challenge:
        change[elsewhere] = _instead(standing[elsewhere], comes, leaves)
    return change


def moved_to(standing: Standing, challenge: str, instead: str) -> Change:
    """The team of one challenge serves another one that was not chosen."""
    return {challenge: None, instead: standing[challenge]}


def _instead(members: Sequence[str], leaves: str, comes: str) -> tuple[str, ...]:
    return tuple(comes if member == leaves else member for member in members)


@dataclass(frozen=True)
class Option:
    """Somebody else for a seat: where from, and what that does (hundredths).

    `here` and `there` are the changes of the two teams' scores, `total` that of the programme.
    `refusals` are the rules that forbid it.
    """

    official: str
    elsewhere: str | None
    here: int
    there: int
    total: int
    refusals: tuple[str, ...]


def options_for(
    problem: Problem, standing: Standing, challenge: str, official: str
) -> list[Option]:
    """Everybody who could take a seat instead, the legal ones first, the best first.

    Whoever serves in another team would change places with the official of this seat.
    """
    scores = {key: _score(problem, key, members) for key, members in standing.items()}
    values = {key: _value(problem, score) for key, score in scores.items()}
    place = {member: key for key, members in standing.items() for member in members}
    serving = {key: len(members) for key, members in standing.items()}
    found = []
    for other in problem.officials:
        elsewhere = place.get(other.key)
        if elsewhere == challenge:
            continue
        change = replaced(standing, challenge, official, other.key)
        refusals = [
            sentence
            for key, members in change.items()
            for sentence in team_violations(problem, key, members or ())
        ]
        here = _score(problem, challenge, change[challenge] or ()) - scores[challenge]
        there = 0
        worth = _value(problem, scores[challenge] + here) - values[challenge]
        if elsewhere is not None and serving[elsewhere]:
            there = _score(problem, elsewhere, change[elsewhere] or ()) - scores[elsewhere]
            worth += _value(problem, scores[elsewhere] + there) - values[elsewhere]
        found.append(Option(other.key, elsewhere, here, there, worth, tuple(refusals)))
    return sorted(found, key=lambda o: (bool(o.refusals), -o.total, -o.here, o.official))


def _score(problem: Problem, challenge: str, members: Sequence[str]) -> int:
    return sum(score_team(problem, challenge, members).values())


def _value(problem: Problem, score: int) -> int:
    return score - shortfall(problem, score)


@dataclass(frozen=True)
class Moved:
    """A difference between two standings: who served where, and where now (None: nowhere)."""

    official: str
    before: str | None
    after: str | None


def differences(before: Standing, after: Standing) -> list[Moved]:
    """Everybody whose place differs, in the order of keys."""
    was = {member: key for key, members in before.items() for member in members}
    now = {member: key for key, members in after.items() for member in members}
    return [
        Moved(key, was.get(key), now.get(key))
        for key in sorted({*was, *now})
        if was.get(key) != now.get(key)
    ]
