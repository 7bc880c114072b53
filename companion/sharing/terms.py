"""Words of what teams share."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """What something shared is."""

    LOG = "log"
    INQUIRY = "inquiry"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"log": "活動の記録", "inquiry": "後方支援の回答"}[self.value]
