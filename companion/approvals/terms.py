"""Words of the decisions by two people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ApprovalState(StrEnum):
    """Where a request stands; only a waiting one can still change."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "waiting": "承認待ち",
            "approved": "承認",
            "refused": "却下",
            "withdrawn": "取下げ",
        }[self.value]


@dataclass(frozen=True)
class ApprovalAsked:
    """Somebody waits for a second person's decision."""

    approval_id: int


@dataclass(frozen=True)
class ApprovalDecided:
    """A second person has approved or refused."""

    approval_id: int
