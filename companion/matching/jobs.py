"""Matching in the background: on a frozen copy, with progress, keeping the best when stopped."""

from __future__ import annotations

import time
from typing import Any

from companion.core.access import Role, Viewer
from companion.core.db import db, saved
from companion.core.jobs import Running, work
from companion.matching.actions import record_run
from companion.matching.queries import freeze
from companion.matching.solution import Progress
from companion.matching.solve import solve
from companion.periods.models import Period

SECONDS_BETWEEN_LOOKS = 0.5


@work("match")
def run_match(arguments: dict[str, Any], running: Running) -> str | None:
    """Solve for a period (`period_id`, `team_count`, `time_limit` in seconds, `seed`)."""
    limit = float(arguments["time_limit"])
    with saved():
        period = db.session.get_one(Period, arguments["period_id"])
        frozen = freeze(period, team_count=arguments["team_count"])
    began = time.monotonic()
    looked, wanted = 0.0, False

    def tell(progress: Progress) -> None:
        words = progress.label
        if progress.objective is not None:
            words += f"：得点 {progress.objective / 100:.2f}"
        if progress.bound is not None:
            words += f"、上界 {progress.bound / 100:.2f}"
        running.tell(min(99, int(100 * (time.monotonic() - began) / limit)), words)

    def stop() -> bool:
        nonlocal looked, wanted
        if time.monotonic() - looked > SECONDS_BETWEEN_LOOKS:
            looked, wanted = time.monotonic(), running.is_cancelled()
        return wanted

    solution = solve(
        frozen.problem, time_limit=limit, progress=tell, cancel=stop, seed=arguments["seed"]
    )
    by = _viewer(arguments["by"]) if arguments.get("by") else None
    with saved():
        period = db.session.get_one(Period, arguments["period_id"])
        run = record_run(period, frozen, solution, by=by)
        return f"/matching/{run.public_id}"  # no request here to build links from


def _viewer(stored: dict[str, Any]) -> Viewer:
    # The queue keeps JSON: the role comes back as its code.
    return Viewer(**(stored | {"role": Role(stored["role"])}))
