"""What the matcher answers: teams, their points, and how good the answer is at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """How far the answer is proven."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    INFEASIBLE = "infeasible"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "optimal": "最適（証明済み）",
            "within_gap": "上界との差の範囲内",
            "infeasible": "条件を満たす編成なし",
            "cancelled": "中止（途中の最良案）",
        }[self.value]


@dataclass(frozen=True)
class Team:
    """A challenge and its officials, with points in hundredths, whole and by part."""

    challenge_key: str
    official_keys: tuple[str, ...]
    score: int
    parts: dict[str, int]


@dataclass(frozen=True)
class Solution:
    """Teams with a certificate: no legal answer is worth more than `bound`.

    `objective` and `bound` are hundredths of a point and include the programme's parts, listed in
    `programme` (their sum is `objective`). Both are None without teams. `reasons` are sentences:
    the rules that clash where there is no answer. `worst` and `worst_bound` are the lowest team
    score and the most it could be, in the mode that lifts the worst team first.
    """

    status: Status
    teams: tuple[Team, ...] = ()
    objective: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()
    programme: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    worst: int | None = None
    worst_bound: int | None = None

    @property
    def gap(self) -> float:
        """Share of the bound that may still be missing, 0.0 where the answer is proven."""
        if self.objective is None or self.bound is None or self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / max(1, abs(self.bound))


@dataclass(frozen=True)
class Progress:
    """How a run stands: seconds since its start, best value and bound in hundredths so far."""

    phase: str
    seconds: float
    objective: int | None = None
    bound: int | None = None

    @property
    def label(self) -> str:
        """The phase as shown on screen."""
        return {
            "start": "初期案を作成中",
            "prices": "上界を計算中",
            "improve": "編成を改善中",
            "prove": "最適性を確認中",
        }.get(self.phase, self.phase)
