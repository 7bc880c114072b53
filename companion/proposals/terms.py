"""Words of the proposals: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

from enum import StrEnum


class ProposalState(StrEnum):
    """Where a ministry's proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "open": "確認待ち",
            "accepted": "承諾",
            "declined": "見送り",
            "withdrawn": "取下げ",
        }[self.value]
