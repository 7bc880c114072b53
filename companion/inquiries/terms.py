"""Words of the 後方支援."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class InquiryKind(StrEnum):
    """What is asked for (the kinds are those the secretariat offers)."""

    SCHEME = "scheme"
    EXAMPLE = "example"
    DATA = "data"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "scheme": "施策・支援制度・府省庁の窓口",
            "example": "好事例・専門家・企業",
            "data": "データ",
            "other": "その他",
        }[self.value]


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"open": "受付", "assigned": "照会中", "answered": "回答済", "closed": "完了"}[
            self.value
        ]

    @property
    def is_waiting(self) -> bool:
        """True while the team waits for an answer."""
        return self in {InquiryState.OPEN, InquiryState.ASSIGNED}


@dataclass(frozen=True)
class InquiryRouted:
    """A ministry's contacts are asked for the answer, or for more of it."""

    inquiry_id: int


@dataclass(frozen=True)
class MinistryReplied:
    """A ministry has answered an inquiry, or changed its answer."""

    inquiry_id: int


# What the secretariat can do, in one sentence for those who have never asked.
OFFERED = (
    "後方支援では、使える制度や交付金の確認、府省庁の窓口への照会、好事例・専門家・企業の紹介、"
    "データの提供を頼めます。"
)
