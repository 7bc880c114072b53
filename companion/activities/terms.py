"""Words of the activities: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActivityKind(StrEnum):
    """In which way a team was in touch with its municipality."""

    ONLINE_MEETING = "online_meeting"
    SITE_VISIT = "site_visit"
    HEARING = "hearing"
    WORKSHOP = "workshop"
    MAYORS_TALK = "mayors_talk"
    BRIEFING = "briefing"
    OTHER_CONTACT = "other_contact"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "online_meeting": "オンライン会議",
            "site_visit": "現地訪問",
            "hearing": "ヒアリング",
            "workshop": "ワークショップ",
            "mayors_talk": "首長との意見交換",
            "briefing": "報告・説明",
            "other_contact": "その他の連絡",
        }[self.value]

    @property
    def is_on_site(self) -> bool:
        """True when people usually travel: place and trip are asked for."""
        return self not in {ActivityKind.ONLINE_MEETING, ActivityKind.OTHER_CONTACT}


class ActivityState(StrEnum):
    """Where an activity stands: held has one line only, recorded has its summary."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"
    RECORDED = "recorded"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "planned": "予定",
            "held": "実施（要旨なし）",
            "cancelled": "中止",
            "recorded": "記録済み",
            "published": "公表済み",
        }[self.value]


# It took place: these count as contact with the municipality.
TOOK_PLACE = frozenset({ActivityState.HELD, ActivityState.RECORDED, ActivityState.PUBLISHED})


class AttendanceStatus(StrEnum):
    """Whether a member took part."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"present": "出席", "excused": "欠席（連絡あり）", "absent": "欠席"}[self.value]


class GuestSide(StrEnum):
    """Where somebody who took part besides the team comes from."""

    MUNICIPALITY = "municipality"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"municipality": "自治体", "outside": "外部"}[self.value]


class OwnerKind(StrEnum):
    """Which side does a next action."""

    OFFICIAL = "official"
    MUNICIPALITY = "municipality"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"official": "支援官", "municipality": "自治体"}[self.value]


class ActionState(StrEnum):
    """Where a next action stands."""

    OPEN = "open"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "open": "未着手",
            "doing": "対応中",
            "blocked": "停滞",
            "done": "完了",
            "dropped": "取りやめ",
        }[self.value]

    @property
    def needs_reason(self) -> bool:
        """True when the state cannot be understood without its reason."""
        return self in {ActionState.BLOCKED, ActionState.DROPPED}


# Somebody still owes something.
UNSETTLED = frozenset({ActionState.OPEN, ActionState.DOING, ActionState.BLOCKED})


class Repetition(StrEnum):
    """How a meeting repeats."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"weekly": "n週ごとの同じ曜日", "monthly": "毎月第nの同じ曜日"}[self.value]


class PollState(StrEnum):
    """Where a poll for a date stands."""

    OPEN = "open"
    DECIDED = "decided"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"open": "回答受付中", "decided": "決定", "dropped": "取りやめ"}[self.value]


class Preference(StrEnum):
    """What somebody says about a date."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"yes": "○ 参加できる", "maybe": "△ 調整できる", "no": "× できない"}[self.value]

    @property
    def mark(self) -> str:
        """One character for a table."""
        return {"yes": "○", "maybe": "△", "no": "×"}[self.value]


@dataclass(frozen=True)
class PollAsked:
    """A team is asked for a date; by whom, so that they are not asked themselves."""

    poll_id: int
    by_email: str


@dataclass(frozen=True)
class PollDecided:
    """A date was fixed."""

    poll_id: int
    by_email: str


@dataclass(frozen=True)
class ActivityObjected:
    """The municipality says that a log is not right."""

    activity_id: int


@dataclass(frozen=True)
class ActivityCorrected:
    """A log to which the municipality objects was written anew."""

    activity_id: int
