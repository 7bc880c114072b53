"""Six ways to falsify an audit trail, for the test of the chain and for its measurement."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from companion.core.chain import START, link

Trail = list[dict[str, Any]]


def made_trail(count: int) -> Trail:
    """A correct trail of made-up lines."""
    trail: Trail = []
    previous = START
    for number in range(1, count + 1):
        line: dict[str, Any] = {
            "id": number,
            "at": f"2025-09-02T01:{number // 60 % 60:02}:{number % 60:02}.000000+00:00",
            "user_id": number % 7,
            "actor": f"person{number % 7}@example.test",
            "role": "coordinator",
            "action": "team.announce",
            "target": f"thing{number}",
            "detail": {"count": number, "names": ["一", "二"]},
            "request_id": f"{number:012x}",
            "address": "192.0.2.1",
        }
        previous = line["hash"] = link(previous, line)
        trail.append(line)
    return trail


def _alter(trail: Trail, chance: random.Random) -> Trail:
    line = chance.choice(trail)
    field = chance.choice(["actor", "action", "target", "role", "address"])
    line[field] = str(line[field]) + "x"
    return trail


def _remove(trail: Trail, chance: random.Random) -> Trail:
    del trail[chance.randrange(len(trail) - 1)]
    return trail


def _insert(trail: Trail, chance: random.Random) -> Trail:
    place = chance.randrange(len(trail))
    trail.insert(place, dict(trail[place], actor="nobody"))
    return trail


def _swap(trail: Trail, chance: random.Random) -> Trail:
    one, other = chance.sample(range(len(trail)), 2)
    trail[one], trail[other] = trail[other], trail[one]
    return trail


def _cut(trail: Trail, chance: random.Random) -> Trail:
    return trail[: -chance.randint(1, len(trail) - 1)]


def _rewrite(trail: Trail, chance: random.Random) -> Trail:
    """The careful forger: changes a line and computes every hash after it anew."""
    place = chance.randrange(len(trail))
    trail[place]["actor"] = "nobody"
    previous = trail[place - 1]["hash"] if place else START
    for line in trail[place:]:
        previous = line["hash"] = link(previous, line)
    return trail


KINDS: dict[str, Callable[[Trail, random.Random], Trail]] = {
    "alter": _alter,
    "remove": _remove,
    "insert": _insert,
    "swap": _swap,
    "cut": _cut,
    "rewrite": _rewrite,
}
