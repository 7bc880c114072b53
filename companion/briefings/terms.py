"""News of the 報告会."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProgrammePublished:
    """The programme of a period is shown to all teams and municipalities."""

    period_id: int
