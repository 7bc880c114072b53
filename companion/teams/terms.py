"""Words of the teams."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TeamState(StrEnum):
    """Where a team stands; officials and municipalities see it once it is announced."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "proposed": "案",
            "confirmed": "確定（公表前）",
            "active": "活動中",
            "paused": "休止中",
            "completed": "完了",
        }[self.value]

    @property
    def is_announced(self) -> bool:
        """True once members and municipality may know."""
        return self in ANNOUNCED


ANNOUNCED = frozenset({TeamState.ACTIVE, TeamState.PAUSED, TeamState.COMPLETED})


class Visibility(StrEnum):
    """Who besides the secretariat reads what a team has written down or asked."""

    TEAM = "team"
    ALL_TEAMS = "all_teams"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"team": "このチームと自治体", "all_teams": "すべてのチームの支援官"}[self.value]


class MemberRole(StrEnum):
    """What a member does in the team."""

    LEADER = "leader"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"leader": "リーダー", "member": "メンバー"}[self.value]


@dataclass(frozen=True)
class TeamsAnnounced:
    """The teams of a period have been made known to their members and municipalities."""

    period_id: int
    team_ids: tuple[int, ...]


class EndKind(StrEnum):
    """Why an appointment ends before the period does."""

    TRANSFER = "transfer"
    WITHDRAWAL = "withdrawal"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"transfer": "人事異動", "withdrawal": "辞退", "other": "その他"}[self.value]


@dataclass(frozen=True)
class MemberLeaves:
    """It is known until when a member serves."""

    member_id: int


@dataclass(frozen=True)
class MemberAppointed:
    """Somebody has come in place of a member who leaves."""

    member_id: int


@dataclass(frozen=True)
class TeamPaused:
    """A team rests from now on."""

    team_id: int


@dataclass(frozen=True)
class TeamResumed:
    """A team works again."""

    team_id: int
