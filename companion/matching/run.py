"""One run: its clock, its wish to stop, what it tells, and the form of its answer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from companion.matching.problem import Problem
from companion.matching.score import programme_points, score_team
from companion.matching.solution import Progress, Solution, Status, Team

# Below this, in hundredths, a difference is nothing.
EPSILON = 1e-4


class Run:
    """Clock, cancel and progress of one run."""

    def __init__(
        self,
        time_limit: float,
        progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.began = time.monotonic()
        self.time_limit = time_limit
        self.progress = progress
        self.cancel = cancel
        self.cancelled = False

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.time_limit - self.seconds

    def goes_on(self) -> bool:
        """False once the time is up or someone has asked to stop."""
        if self.cancel is not None and self.cancel():
            self.cancelled = True
        return not self.cancelled and self.left > 0

    def tell(self, phase: str, objective: int | None, bound: float | None) -> None:
        """Report progress."""
        if self.progress is not None:
            whole = None
            if bound is not None and math.isfinite(bound):
                whole = math.floor(bound + EPSILON)
            self.progress(Progress(phase, self.seconds, objective, whole))


def no_answer(run: Run, seed: int) -> Solution:
    return Solution(
        Status.CANCELLED if run.cancelled else Status.WITHIN_GAP,
        seconds=run.seconds,
        reasons=("時間内に編成案が見つかりませんでした。",),
        seed=seed,
    )


def answer_of(
    problem: Problem,
    teams: Sequence[tuple[str, tuple[str, ...]]],
    bound: int | None,
    status: Status,
    run: Run,
    seed: int,
) -> Solution:
    teams = sorted(teams)
    programme = programme_points(problem, teams)
    answer = []
    for challenge, officials in teams:
        parts = score_team(problem, challenge, officials)
        answer.append(Team(challenge, officials, sum(parts.values()), parts))
    return Solution(
        status,
        tuple(answer),
        objective=sum(programme.values()),
        bound=bound,
        seconds=run.seconds,
        programme=programme,
        seed=seed,
        worst=min((team.score for team in answer), default=None),
    )
