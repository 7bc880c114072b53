"""Who cannot be where when: the clashes of a programme, each with the person's name. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companion.core.clock import to_jst
from companion.core.html import jdate, jst


@dataclass(frozen=True)
class Sitting:
    """A session as the rules see it."""

    key: int
    name: str
    start: dt.datetime
    end: dt.datetime
    size: int

    @property
    def day(self) -> dt.date:
        """The Japanese day."""
        return to_jst(self.start).date()

    def overlaps(self, start: dt.datetime, end: dt.datetime) -> bool:
        """True when something else takes part of the same time."""
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Person:
    """A member of a team and from when to when (days included)."""

    email: str
    name: str
    started_on: dt.date | None = None
    ended_on: dt.date | None = None

    def serves_on(self, day: dt.date) -> bool:
        """True when the person belongs to the team on that day."""
        begun = self.started_on is None or self.started_on <= day
        return begun and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Plan:
    """A meeting or visit in the calendar of a member."""

    email: str
    title: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Party:
    """A team that reports: whose town, which groups are to be spread, who comes, what hinders."""

    key: int
    name: str
    groups: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    away: Mapping[dt.date, str] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()

    def serving(self, day: dt.date) -> dict[str, str]:
        """Who comes on a day: name by e-mail."""
        return {p.email: p.name for p in self.people if p.serves_on(day)}


def obstacles(party: Party, sitting: Sitting) -> list[str]:
    """Why a team cannot come to a session, whoever else is there; empty when it can."""
    found = []
    if sitting.day in party.away:
        note = party.away[sitting.day]
        found.append(
            f"{party.name}は{jdate(sitting.day)}の都合が悪いと登録されています"
            f"{f'（{note}）' if note else ''}。"
        )
    people = party.serving(sitting.day)
    busy: dict[tuple[dt.datetime, str], list[str]] = {}
    for plan in party.plans:
        if plan.email in people and sitting.overlaps(plan.start, plan.end):
            busy.setdefault((plan.start, plan.title), []).append(people[plan.email])
    for (start, title), names in sorted(busy.items()):
        whose = "、".join(f"{name}さん" for name in names)
        found.append(f"{whose}は、同じ時間に「{title}」（{jst(start, 'short')}）の予定があります。")
    return found


def twice(party: Party, sitting: Sitting, other: Party, elsewhere: Sitting) -> list[str]:
    """Who would have to be in two sessions at the same time, as sentences."""
    if sitting.key == elsewhere.key or not sitting.overlaps(elsewhere.start, elsewhere.end):
        return []
    here, there = party.serving(sitting.day), other.serving(elsewhere.day)
    return [
        f"{name}さんは、{other.name}のチームでも同じ時間の{elsewhere.name}に出ます。"
        for email, name in here.items()
        if email in there
    ]


def clashes(
    parties: Sequence[Party], sittings: Sequence[Sitting], seats: Mapping[int, int]
) -> dict[int, list[str]]:
    """Everything that speaks against the seats (team → session), by team."""
    sitting_by_key = {sitting.key: sitting for sitting in sittings}
    placed = [p for p in parties if p.key in seats]
    found = {}
    for party in placed:
        sitting = sitting_by_key[seats[party.key]]
        said = obstacles(party, sitting)
        for other in placed:
            if other.key != party.key:
                said += twice(party, sitting, other, sitting_by_key[seats[other.key]])
        if said:
            found[party.key] = said
    return found
