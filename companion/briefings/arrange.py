"""Seats for every team: a small integer programme (HiGHS), the same answer for the same input.

Every team has a seat where one is possible; nobody is in two sessions at once; the teams of a
prefecture or policy field, and all teams, are spread as evenly over the sessions as that allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy

from companion.briefings.rules import Party, Sitting, obstacles, twice

# What one team without a seat, and one team more than an even share, weigh.
UNSEATED, CROWDED = 1000, 1
# Symmetric sessions make proofs long; what is found until then is good, and always the same.
MOST_NODES = 2000


@dataclass(frozen=True)
class Arrangement:
    """The seats (team → session), and why a team has none. `crowded` counts teams beyond even."""

    seats: dict[int, int]
    left: dict[int, str]
    crowded: int


def arrange(
    parties: Sequence[Party], sittings: Sequence[Sitting], fixed: Mapping[int, int]
) -> Arrangement:
    """Give every team a seat; `fixed` ones (team → session) stay where they are."""
    possible = {
        (p.key, s.key): fixed.get(p.key) == s.key or not obstacles(p, s)
        for p in parties
        for s in sittings
        if fixed.get(p.key, s.key) == s.key
    }
    model = highspy.Highs()
    model.silent()
    for option, value in (("random_seed", 1), ("threads", 1), ("mip_max_nodes", MOST_NODES)):
        model.setOptionValue(option, value)
    seat = {pair: model.addBinary() for pair, can in possible.items() if can}
    _limit(model, seat, parties, sittings)
    # What is left unseated costs; writing the sum as a gain keeps the programme small.
    worth = model.expr()
    for variable in seat.values():
        worth -= UNSEATED * variable
    for extra in _crowding(model, seat, parties, sittings):
        worth += CROWDED * extra
    seats: dict[int, int] = {}
    if seat:
        model.minimize(worth)
        values = model.getSolution().col_value
        seats = {p: s for (p, s), variable in seat.items() if values[variable.index] > 0.5}
    return Arrangement(
        seats=seats,
        left={p.key: _reason(p, sittings, possible) for p in parties if p.key not in seats},
        crowded=crowded(parties, sittings, seats),
    )


def _limit(
    model: highspy.Highs,
    seat: Mapping[tuple[int, int], highspy.highs.highs_var],
    parties: Sequence[Party],
    sittings: Sequence[Sitting],
) -> None:
    for party in parties:
        own = [seat[party.key, s.key] for s in sittings if (party.key, s.key) in seat]
        if own:
            model.addConstr(sum(own[1:], own[0] + 0) <= 1)
    for sitting in sittings:
        taken = [seat[p.key, sitting.key] for p in parties if (p.key, sitting.key) in seat]
        if taken:
            model.addConstr(sum(taken[1:], taken[0] + 0) <= sitting.size)
    for n, party in enumerate(parties):
        emails = {person.email for person in party.people}
        for other in parties[n + 1 :]:
            if emails.isdisjoint(person.email for person in other.people):
                continue
            for here in sittings:
                for there in sittings:
                    pair = (party.key, here.key), (other.key, there.key)
                    if all(p in seat for p in pair) and twice(party, here, other, there):
                        model.addConstr(seat[pair[0]] + seat[pair[1]] <= 1)


def groups_of(parties: Sequence[Party]) -> dict[str, list[int]]:
    """The teams of each group that has several, and all teams under the empty name."""
    count = Counter(group for party in parties for group in party.groups)
    found = {g: [p.key for p in parties if g in p.groups] for g, n in count.items() if n > 1}
    return {"": [p.key for p in parties]} | found


def _crowding(
    model: highspy.Highs,
    seat: Mapping[tuple[int, int], highspy.highs.highs_var],
    parties: Sequence[Party],
    sittings: Sequence[Sitting],
) -> list[highspy.highs.highs_var]:
    extras = []
    for keys in groups_of(parties).values():
        even = -(-len(keys) // len(sittings)) if sittings else 0
        for sitting in sittings:
            taken = [seat[k, sitting.key] for k in keys if (k, sitting.key) in seat]
            if len(taken) > even:
                extra = model.addVariable(lb=0)
                model.addConstr(sum(taken[1:], taken[0] - extra) <= even)
                extras.append(extra)
    return extras


def crowded(parties: Sequence[Party], sittings: Sequence[Sitting], seats: Mapping[int, int]) -> int:
    """How many teams sit beyond the even share of their prefecture, field or of all teams."""
    total = 0
    for keys in groups_of(parties).values():
        even = -(-len(keys) // len(sittings)) if sittings else 0
        taken = Counter(seats[k] for k in keys if k in seats)
        total += sum(max(0, n - even) for n in taken.values())
    return total


def _reason(
    party: Party, sittings: Sequence[Sitting], possible: Mapping[tuple[int, int], bool]
) -> str:
    if any(possible.get((party.key, s.key)) for s in sittings):
        return "出られる回に空きがありません。回を増やすか、1回のチーム数を増やしてください。"
    said = dict.fromkeys(why for s in sittings for why in obstacles(party, s))
    return f"出られる回がありません。{' '.join(said)}"
