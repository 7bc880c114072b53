"""A draft's content: the teams, and what people have decided by hand about the next solving.

Pure: every act gives a new sketch, or says which rule forbids it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from companion.matching.check import rule_violations
from companion.matching.moves import Change, Effect, changed, effect_of
from companion.matching.problem import Decisions, Problem

Pair = tuple[str, str]  # challenge, official


class Forbidden(Exception):
    """A rule forbids the act; `sentences` say which, naming persons and places."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Sketch:
    """Teams by challenge, and the decisions for solving again.

    `pins`: this official must be in this challenge's team, `bans`: must not. `locks`: challenges
    whose team stays exactly as it is. `places_in` are chosen whatever they cost, `places_out`
    never; `people_out` serve nowhere.
    """

    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pins: tuple[Pair, ...] = ()
    bans: tuple[Pair, ...] = ()
    locks: tuple[str, ...] = ()
    places_in: tuple[str, ...] = ()
    places_out: tuple[str, ...] = ()
    people_out: tuple[str, ...] = ()

    @property
    def decisions(self) -> Decisions:
        """What the matcher has to obey."""
        return Decisions(
            members=self.pins,
            bans=self.bans,
            locks=tuple((key, self.teams[key]) for key in self.locks if key in self.teams),
            challenges_in=self.places_in,
            challenges_out=self.places_out,
            officials_out=self.people_out,
        )

    def as_plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "teams": {key: list(members) for key, members in sorted(self.teams.items())},
            "pins": [list(pair) for pair in self.pins],
            "bans": [list(pair) for pair in self.bans],
            "locks": list(self.locks),
            "places_in": list(self.places_in),
            "places_out": list(self.places_out),
            "people_out": list(self.people_out),
        }


def sketch_from(data: Mapping[str, Any]) -> Sketch:
    """A sketch from its JSON data."""
    return Sketch(
        teams={key: tuple(members) for key, members in data["teams"].items()},
        pins=tuple((a, b) for a, b in data.get("pins", ())),
        bans=tuple((a, b) for a, b in data.get("bans", ())),
        locks=tuple(data.get("locks", ())),
        places_in=tuple(data.get("places_in", ())),
        places_out=tuple(data.get("places_out", ())),
        people_out=tuple(data.get("people_out", ())),
    )


def asked(problem: Problem, sketch: Sketch) -> Problem:
    """The question with the sketch's decisions."""
    return replace(problem, decisions=sketch.decisions)


def faults(problem: Problem, sketch: Sketch) -> list[str]:
    """The rules the teams do not obey as they stand: what solving again has to settle."""
    return rule_violations(asked(problem, sketch), list(sketch.teams.items()))


def effect_on(problem: Problem, sketch: Sketch, change: Change) -> Effect:
    """What changing teams by hand would do, under the sketch's decisions."""
    return effect_of(asked(problem, sketch), sketch.teams, change)


def with_change(problem: Problem, sketch: Sketch, change: Change) -> Sketch:
    """The sketch after teams were changed by hand.

    Raises:
        Forbidden: a rule that held before would be broken.
    """
    effect = effect_on(problem, sketch, change)
    if effect.refusals:
        raise Forbidden(effect.refusals)
    return replace(sketch, teams=changed(sketch.teams, change))


def toggled(problem: Problem, sketch: Sketch, kind: str, item: Any) -> Sketch:
    """A decision taken or taken back: `kind` is the name of the sketch's list.

    Raises:
        Forbidden: it contradicts another decision, or names what is not there.
    """
    there: tuple[Any, ...] = getattr(sketch, kind)
    if item in there:
        return _with_list(sketch, kind, tuple(other for other in there if other != item))
    against = _contradiction(problem, sketch, kind, item)
    if against:
        raise Forbidden((against,))
    return _with_list(sketch, kind, (*there, item))


def _with_list(sketch: Sketch, kind: str, items: tuple[Any, ...]) -> Sketch:
    lists: dict[str, Any] = {kind: items}
    return replace(sketch, **lists)


def _contradiction(problem: Problem, sketch: Sketch, kind: str, item: Any) -> str:
    def name(key: str) -> str:
        return problem.names.get(key, key)

    if kind in {"pins", "bans"}:
        challenge, official = item
        if challenge not in problem.challenge_by_key or official not in problem.official_by_key:
            return "対象にない市町村か応募者です。"
    if kind == "pins":
        if item in sketch.bans:
            return f"{name(official)}を{name(challenge)}に置くことは禁じられています。"
        if official in sketch.people_out:
            return f"{name(official)}は対象から外されています。"
        if challenge in sketch.places_out:
            return f"{name(challenge)}は選ばない指定を受けています。"
        elsewhere = next((c for c, o in sketch.pins if o == official), None)
        if elsewhere is not None:
            return f"{name(official)}は{name(elsewhere)}に固定されています。先に解除してください。"
        if sum(c == challenge for c, _ in sketch.pins) >= problem.rules.team_size:
            return f"{name(challenge)}には既に{problem.rules.team_size}人が固定されています。"
    if kind == "bans":
        if item in sketch.pins:
            return f"{name(official)}は{name(challenge)}に固定されています。先に解除してください。"
        if challenge in sketch.locks and official in sketch.teams.get(challenge, ()):
            return f"{name(challenge)}のチームは固定されています。先に解除してください。"
    if kind == "locks" and item not in sketch.teams:
        return f"{name(item)}にはチームがありません。"
    if kind == "places_in" and item in sketch.places_out:
        return f"{name(item)}は選ばない指定を受けています。先に解除してください。"
    if kind == "places_out" and (
        item in sketch.places_in or item in sketch.locks or any(c == item for c, _ in sketch.pins)
    ):
        return f"{name(item)}には選ぶ指定か固定があります。先に解除してください。"
    if kind == "people_out" and any(o == item for _, o in sketch.pins):
        return f"{name(item)}は固定されています。先に解除してください。"
    return ""
