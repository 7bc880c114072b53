"""Words of the teams' internal memos."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# So long a coordinator reads the memos of the one team they were opened for.
OPEN_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True)
class MemoOpened:
    """A coordinator has opened the memos of a team; both sides are to be told."""

    opening_id: int
