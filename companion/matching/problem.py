"""What the matcher is asked: challenges, officials, rules, weights and hand-made decisions.

Everything is plain data. Points are integers in hundredths (6000 is 60 points), shares are whole
percent. Keys are opaque strings; a challenge's key is its six-digit municipality code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

MUNICIPALITY = "municipality"
PREFECTURE = "prefecture"
REGION = "region"

# A place in the country: (kind, six-digit code | two-digit code | name of the region).
Place = tuple[str, str]


class Mode(StrEnum):
    """What "best" means."""

    TOTAL = "total"  # the sum, a shortfall under the floor counted twice
    WORST_FIRST = "worst_first"  # the best worst team, then the best sum


@dataclass(frozen=True)
class Challenge:
    """One municipality's challenge.

    `fields` maps a policy field to its weight; the weights add up to 100 (or there are none).
    `merit` comes from screening, in hundredths of a point. `remoteness` runs from 0 (near) to 3
    (isolated island). `last_members` are the officials of the last period's team.
    """

    key: str
    prefecture_code: str
    region: str = ""
    fields: Mapping[str, int] = field(default_factory=dict)
    merit: int = 0
    remoteness: int = 0
    last_members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.fields and sum(self.fields.values()) != 100:
            raise ValueError(f"field weights of {self.key} must add up to 100")
        if not 0 <= self.remoteness <= 3:
            raise ValueError(f"remoteness of {self.key} must be 0 to 3")


@dataclass(frozen=True)
class Official:
    """One official's application.

    `levels` maps a policy field to 1 (knows), 2 (experienced) or 3 (expert). `wishes` are in
    order, the first the dearest; an order is counted apart for municipalities, prefectures and
    regions. `parent_ministry` is set for an agency. `travel_days` a year; None where not said.
    `minimum` and `capacity` are the numbers of teams.
    """

    key: str
    ministry: str
    parent_ministry: str = ""
    rank_class: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)
    wishes: tuple[Place, ...] = ()
    anywhere: bool = False
    ties: tuple[Place, ...] = ()
    excluded: tuple[Place, ...] = ()
    conflicts: tuple[Place, ...] = ()
    consented: bool = True
    can_lead: bool = True
    wants_to_stay: bool = True
    travel_days: int | None = None
    capacity: int = 1
    minimum: int = 0


@dataclass(frozen=True)
class Rules:
    """The hard rules of a period.

    `agencies_apart`: an agency and its parent ministry count as two ministries. `ministry_limits`
    and `ministry_limit` (for all others) bound how many seats one ministry fills.
    """

    team_count: int
    team_size: int = 3
    needs_leader: bool = True
    needs_consent: bool = True
    distinct_ministries: bool = True
    agencies_apart: bool = False
    ministry_limit: int | None = None
    ministry_limits: Mapping[str, int] = field(default_factory=dict)
    prefecture_soft_cap: int | None = None
    prefecture_soft_caps: Mapping[str, int] = field(default_factory=dict)
    mode: Mode = Mode.TOTAL

    def __post_init__(self) -> None:
        if not 1 <= self.team_size <= 4:
            raise ValueError("team size must be 1 to 4")
        if self.team_count < 0:
            raise ValueError("team count must not be negative")

    def limit_of(self, ministry: str) -> int | None:
        """The most seats a ministry may fill, None without a limit."""
        return self.ministry_limits.get(ministry, self.ministry_limit)

    def soft_cap_of(self, prefecture_code: str) -> int | None:
        """How many challenges of a prefecture are chosen without a deduction."""
        return self.prefecture_soft_caps.get(prefecture_code, self.prefecture_soft_cap)


@dataclass(frozen=True)
class Weights:
    """How points are given: hundredths of a point for each part, percent within a part."""

    coverage: int = 4500
    wishes: int = 2000
    ties: int = 1000
    mix: int = 1000
    depth: int = 1000
    travel: int = 500
    continuity: int = 1000
    level_percent: tuple[int, int, int, int] = (0, 50, 80, 100)
    # By order of the wish; a later wish counts as the last one given here.
    wish_municipality: tuple[int, ...] = (100, 85, 70)
    wish_prefecture: tuple[int, ...] = (60, 50, 40)
    wish_region: tuple[int, ...] = (45, 40, 35)
    wish_anywhere: int = 30
    tie_municipality: int = 100
    tie_prefecture: int = 60
    tie_region: int = 30
    # Days of travel a year that fully suffice for remoteness 0 to 3; percent where not said.
    travel_days: tuple[int, int, int, int] = (4, 6, 8, 10)
    travel_unknown: int = 50
    floor: int = 6000
    shortfall_times: int = 2  # a point under the floor counts so many times
    prefecture_bonus: int = 1000
    over_cap: int = 1500

    def __post_init__(self) -> None:
        if self.shortfall_times < 1:
            raise ValueError("a shortfall counts at least once")
        if any(days < 1 for days in self.travel_days):
            raise ValueError("days of travel must be positive")
        if min(self.prefecture_bonus, self.over_cap) < 0:
            raise ValueError("the prefecture bonus and the deduction over the cap are not negative")


@dataclass(frozen=True)
class Decisions:
    """What people have decided by hand, to be obeyed.

    `members`: (challenge, official) that must be; `bans`: that must not be. `locks`: a challenge
    and exactly its team. `challenges_in` are chosen whatever they cost, `challenges_out` never.
    """

    members: tuple[tuple[str, str], ...] = ()
    bans: tuple[tuple[str, str], ...] = ()
    locks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    challenges_in: tuple[str, ...] = ()
    challenges_out: tuple[str, ...] = ()
    officials_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keep:
    """The teams that stand, and how dearly they are kept when solving again.

    `bonus` in hundredths of a point for each member who stays in the same team; `max_changes`
    bounds how many of the standing seats may change.
    """

    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bonus: int = 0
    max_changes: int | None = None


@dataclass(frozen=True)
class Problem:
    """One question to the matcher.

    `regions` maps a prefecture's code to its region, for ties and wishes of places that brought
    no challenge. `matrix[challenge][official]` gives scores directly: a team's score is then the
    sum of its members' entries (0 where missing) and there is no floor. `names` are what keys
    and ministries are called in sentences; the result does not depend on them.
    """

    challenges: tuple[Challenge, ...]
    officials: tuple[Official, ...]
    rules: Rules
    weights: Weights = field(default_factory=Weights)
    decisions: Decisions = field(default_factory=Decisions)
    keep: Keep = field(default_factory=Keep)
    regions: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, Mapping[str, int]] | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.challenge_by_key) != len(self.challenges):
            raise ValueError("two challenges have the same key")
        if len(self.official_by_key) != len(self.officials):
            raise ValueError("two officials have the same key")

    @cached_property
    def challenge_by_key(self) -> dict[str, Challenge]:
        """Challenges by key."""
        return {challenge.key: challenge for challenge in self.challenges}

    @cached_property
    def official_by_key(self) -> dict[str, Official]:
        """Officials by key."""
        return {official.key: official for official in self.officials}

    @cached_property
    def region_by_prefecture(self) -> dict[str, str]:
        """The region of each prefecture that is known here."""
        known = {c.prefecture_code: c.region for c in self.challenges if c.region}
        return known | dict(self.regions)

    def ministry_of(self, official: Official) -> str:
        """The ministry an official counts for under the rule about agencies."""
        if self.rules.agencies_apart or not official.parent_ministry:
            return official.ministry
        return official.parent_ministry
