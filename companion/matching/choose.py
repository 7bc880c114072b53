"""Whole teams only: the best choice among given columns, with HiGHS's branch and bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from companion.matching.instance import Instance
from companion.matching.master import Column, Master

# Values are whole hundredths: within less than one the choice is the best.
WHOLE = 0.99


@dataclass(frozen=True)
class Choice:
    """Columns chosen, their worth with the programme's parts, and a bound over these columns.

    `columns` is None where none was found; `proven` tells that there is no better choice (or no
    choice at all) among the given columns.
    """

    columns: list[Column] | None
    value: int | None
    bound: float
    proven: bool


def choose(
    instance: Instance,
    columns: Sequence[Column],
    *,
    seconds: float,
    start: Sequence[Column] | None = None,
    fixed: Sequence[Column] = (),
    may_lack: bool = False,
    cancel: Callable[[], bool] | None = None,
    gap: float = 0.0,
) -> Choice:
    """The most valuable legal choice among the columns.

    `start` is a known choice to begin from, `fixed` must be in the choice; `gap` is the share of
    the bound at which to stop. With `may_lack` a choice may miss teams or duties where the
    columns leave no other way; `unmet` counts them.
    """
    master = Master(instance)
    by_row: dict[int, list[Column]] = {}
    for column in [*columns, *(start or ()), *fixed]:
        by_row.setdefault(column[0], []).append(column)
    size = instance.size
    for r, some in by_row.items():
        master.add(
            r,
            np.array([c[1] for c in some], dtype=np.int64).reshape(-1, size),
            np.array([c[2] for c in some], dtype=np.int64),
        )
    highs = master.highs
    if not may_lack:
        for column_number in master.duty_columns:
            highs.changeColBounds(column_number, 0.0, 0.0)
    for r, members, _ in fixed:
        highs.changeColBounds(master.first + master.known[(r, members)], 1.0, 1.0)
    total = highs.getNumCol()
    chosen = np.arange(master.first, total, dtype=np.int32)
    highs.changeColsIntegrality(
        len(chosen), chosen, np.full(len(chosen), highspy.HighsVarType.kInteger)
    )
    highs.setOptionValue("time_limit", max(0.1, seconds))
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_abs_gap", WHOLE)
    highs.setOptionValue("random_seed", 1)
    if start is not None and not unmet(instance, start):
        highs.setSolution(_as_solution(master, start))
    if cancel is not None:
        _stop_on(highs, cancel)
    highs.run()
    status = highs.getModelStatus()
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    done = status in (
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kInfeasible,
    )
    if not found:
        return Choice(None, None, -float(info.mip_dual_bound), done)
    values = np.array(highs.getSolution().col_value[master.first :])
    picked = [master.columns[k] for k in np.flatnonzero(values > 0.5)]
    return Choice(
        picked,
        worth(instance, picked),
        -float(info.mip_dual_bound),
        done and gap == 0.0,
    )


def unmet(instance: Instance, columns: Sequence[Column]) -> int:
    """How many duties a choice leaves open: teams, places that must be in, minima, seats kept."""
    rows = {r for r, _, _ in columns}
    members = [n for _, team, _ in columns for n in team]
    times = np.bincount(members, minlength=len(instance.officials)) if members else 0
    lacking = max(0, instance.count - len(columns))
    lacking += sum(int(r) not in rows for r in np.flatnonzero(instance.forced))
    lacking += int(np.maximum(0, instance.minimum - times).sum())
    keep = instance.problem.keep
    if keep.max_changes is not None:
        seats = sum(len(team) for team in keep.teams.values())
        stay = sum(int(instance.kept_members(r, np.array([team]))[0]) for r, team, _ in columns)
        lacking += max(0, seats - keep.max_changes - stay)
    return lacking


def worth(instance: Instance, columns: Sequence[Column]) -> int:
    """What chosen teams are worth with the programme's parts, in hundredths."""
    weights = instance.problem.weights
    counts = (
        np.bincount(
            [instance.prefecture[r] for r, _, _ in columns], minlength=len(instance.prefectures)
        )
        if columns
        else np.zeros(len(instance.prefectures), dtype=np.int64)
    )
    over = int(np.maximum(0, counts - instance.soft_cap).sum())
    reached = int((counts > 0).sum())
    return (
        sum(value for _, _, value in columns)
        + weights.prefecture_bonus * reached
        - weights.over_cap * over
    )


def _as_solution(master: Master, start: Sequence[Column]) -> highspy.HighsSolution:
    instance = master.instance
    values = np.zeros(master.highs.getNumCol())
    counts = np.zeros(len(instance.prefectures), dtype=int)
    for r, members, _ in start:
        values[master.first + master.known[(r, members)]] = 1.0
        counts[instance.prefecture[r]] += 1
    for p, count in enumerate(counts):
        values[2 * p] = 1.0 if count else 0.0
        values[2 * p + 1] = float(max(0, count - instance.soft_cap[p]))
    solution = highspy.HighsSolution()
    solution.col_value = values.tolist()
    return solution


def _stop_on(highs: highspy.Highs, cancel: Callable[[], bool]) -> None:
    def ask(event: highspy.HighsCallbackEvent) -> None:
        if cancel() and event.data_in is not None:
            event.data_in.user_interrupt = True

    highs.cbMipInterrupt += ask
