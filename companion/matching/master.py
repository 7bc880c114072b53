"""The choice among whole teams: linear prices first, whole numbers at the end (HiGHS).

Rows: each challenge at most once (exactly once if it is in by decision), each official within
the teams he or she may join, the number of teams, prefectures reached and over their soft cap,
seats of a ministry, seats that stay. A missing team or duty may be bought at a price so high
that it only happens where the columns at hand leave no other way. In a gentle programme that price
is first a mild one, and an official too many may be bought as well: prices then keep near to what
they will be while good columns are still missing (du Merle et al. 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from companion.matching.instance import Floats, Instance, Ints

MISSING = 1e6  # hundredths of a point for each unmet duty
GENTLE_MISSING = 2e4
GENTLE_OFFICIAL = 5e3
# A column: (challenge row, member columns, value in hundredths).
Column = tuple[int, tuple[int, ...], int]


@dataclass(frozen=True)
class Prices:
    """Dual prices of the linear programme.

    `officials`: of one seat each, its ministry's price included. `stay`: gained by each standing
    member who stays. `places`: what a team of each challenge must earn to pay for itself.
    """

    value: float
    unmet: float
    officials: Floats
    stay: float
    places: Floats
    constant: float


class Master:
    """The linear programme over the teams known so far; grows and is solved again.

    The simplex method goes on from its last answer. A gentle programme is large: an interior point
    method is much faster there, up to the middle of the best answers, where the prices swing
    least, or on to a corner, where more teams are taken whole.
    """

    def __init__(self, instance: Instance, *, gentle: bool = False) -> None:
        self.instance = instance
        self.gentle = self._interior = self._stays_inside = gentle
        self.columns: list[Column] = []
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}
        self.fixed: list[int] = []
        self._lay_rows()
        self._add_programme_columns()
        self.first = self.highs.getNumCol()

    def _lay_rows(self) -> None:
        instance = self.instance
        challenges = len(instance.challenges)
        inf = highspy.kHighsInf
        lower: list[float] = [1.0 if f else 0.0 for f in instance.forced]
        upper: list[float] = [1.0] * challenges
        self.official_row = len(lower)
        lower += [float(m) for m in instance.minimum]
        upper += [float(c) for c in instance.capacity]
        self.count_row = len(lower)
        lower.append(float(instance.count))
        upper.append(float(instance.count))
        self.reach_row = len(lower)
        lower += [-inf] * len(instance.prefectures)
        upper += [0.0] * len(instance.prefectures)
        self.over_row = len(lower)
        lower += [-inf] * len(instance.prefectures)
        upper += [float(cap) for cap in instance.soft_cap]
        self.limit_row = len(lower)
        self.limit_rows = {g: self.limit_row + k for k, g in enumerate(sorted(instance.limits))}
        lower += [-inf] * len(self.limit_rows)
        upper += [float(instance.limits[g]) for g in sorted(instance.limits)]
        self.stay_row: int | None = None
        keep = instance.problem.keep
        if keep.max_changes is not None:
            self.stay_row = len(lower)
            seats = sum(len(members) for members in keep.teams.values())
            lower.append(float(seats - keep.max_changes))
            upper.append(inf)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("solver", "ipm" if self.gentle else "simplex")
        self.highs.addRows(
            len(lower),
            np.array(lower),
            np.array(upper),
            0,
            np.zeros(len(lower), dtype=np.int32),
            np.zeros(0, dtype=np.int32),
            np.zeros(0),
        )
        self.lower, self.upper = lower, upper

    def _add_programme_columns(self) -> None:
        """Prefectures reached and seats over the cap; duties that may be left unmet at a price."""
        instance, weights = self.instance, self.instance.problem.weights
        inf = highspy.kHighsInf
        added: list[tuple[float, float, list[int], list[float]]] = []
        for p in range(len(instance.prefectures)):
            added.append((-float(weights.prefecture_bonus), 1.0, [self.reach_row + p], [1.0]))
            added.append((float(weights.over_cap), inf, [self.over_row + p], [-1.0]))
        self.duties = len(added)
        for row, lower in enumerate(self.lower):
            if lower > 0:
                added.append((GENTLE_MISSING if self.gentle else MISSING, inf, [row], [1.0]))
        if self.gentle:
            for row in range(self.official_row, self.count_row):
                added.append((GENTLE_OFFICIAL, inf, [row], [-1.0]))
        self.duty_columns = range(self.duties, len(added))
        self._add(
            [a[0] for a in added],
            [a[1] for a in added],
            [a[2] for a in added],
            [a[3] for a in added],
        )

    def _add(
        self,
        costs: Sequence[float],
        uppers: Sequence[float],
        rows: Sequence[Sequence[int]],
        entries: Sequence[Sequence[float]],
    ) -> None:
        if not costs:
            return
        starts = np.cumsum([0, *(len(r) for r in rows[:-1])], dtype=np.int32)
        index = np.concatenate([np.asarray(r, dtype=np.int32) for r in rows])
        value = np.concatenate([np.asarray(e, dtype=float) for e in entries])
        self.highs.addCols(
            len(costs),
            np.asarray(costs, dtype=float),
            np.zeros(len(costs)),
            np.asarray(uppers, dtype=float),
            len(index),
            starts,
            index,
            value,
        )

    def add(self, r: int, teams: Ints, values: Ints) -> int:
        """Add teams of challenge r not yet known; returns how many were new."""
        fresh: list[Column] = []
        for members, value in zip(teams.tolist(), values.tolist(), strict=True):
            key = (r, tuple(members))
            if key not in self.known:
                self.known[key] = len(self.columns) + len(fresh)
                fresh.append((r, key[1], value))
        rows, entries = [], []
        for column in fresh:
            row, entry = self._entries(column)
            rows.append(row)
            entries.append(entry)
        self._add([-float(c[2]) for c in fresh], [highspy.kHighsInf] * len(fresh), rows, entries)
        self.columns += fresh
        return len(fresh)

    def _entries(self, column: Column) -> tuple[list[int], list[float]]:
        instance = self.instance
        r, members, _ = column
        p = int(instance.prefecture[r])
        rows = [r, *(self.official_row + n for n in members), self.count_row]
        entries = [1.0] * len(rows)
        rows += [self.reach_row + p, self.over_row + p]
        entries += [-1.0, 1.0]
        seats: dict[int, int] = {}
        for n in members:
            row = self.limit_rows.get(int(instance.group[n]))
            if row is not None:
                seats[row] = seats.get(row, 0) + 1
        rows += list(seats)
        entries += [float(count) for count in seats.values()]
        if self.stay_row is not None:
            stay = int(instance.kept_members(r, np.array([members]))[0])
            if stay:
                rows.append(self.stay_row)
                entries.append(float(stay))
        return rows, entries

    def shares(self) -> Floats:
        """How much of each column the last linear programme took."""
        return np.array(self.highs.getSolution().col_value[self.first :])

    def fix(self, number: int) -> None:
        """Demand a column whole until `release`."""
        self.highs.changeColBounds(self.first + number, 1.0, 1.0)
        self.fixed.append(number)

    def release(self) -> None:
        """Demand no column any longer."""
        for number in self.fixed:
            self.highs.changeColBounds(self.first + number, 0.0, highspy.kHighsInf)
        self.fixed = []

    def harden(self) -> None:
        """From here on unmet duties cost their full price."""
        for column in self.duty_columns:
            self.highs.changeColCost(column, MISSING)
        self.gentle = False

    def _run(self, seconds: float, *, inside: bool) -> None:
        highs = self.highs
        highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, seconds))
        if self._interior:
            highs.clearSolver()
            highs.setOptionValue("run_crossover", "off" if inside else "on")
        highs.run()

    def prices(self, seconds: float, *, corner: bool = False) -> Prices | None:
        """Solve the linear programme and read its prices; None where the time was too short.

        `corner`: at a corner of the best answers in any case, for `shares` as whole as may be.
        """
        inside = self._stays_inside and not corner
        self._run(seconds, inside=inside)
        if inside and self.highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            self._stays_inside = False  # its middle is out of reach: only corners from here on
            self._run(seconds, inside=False)
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            return None
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError("the linear programme was not solved")
        solution = self.highs.getSolution()
        dual = -np.array(solution.row_dual)
        columns = np.array(solution.col_value[: self.first])
        instance = self.instance
        challenges = len(instance.challenges)
        seats = dual[self.official_row : self.count_row].copy()
        constant = float(
            (np.maximum(seats, 0) * instance.capacity).sum()
            - (np.maximum(-seats, 0) * instance.minimum).sum()
        )
        # Prices of limits cannot be negative, whatever the last digits of the solver say.
        for g, row in self.limit_rows.items():
            price = max(0.0, float(dual[row]))
            seats[instance.group == g] += price
            constant += price * instance.limits[g]
        stay = 0.0
        if self.stay_row is not None:
            stay = max(0.0, -float(dual[self.stay_row]))
            constant -= stay * self.lower[self.stay_row]
        prefecture = -dual[self.reach_row : self.over_row] + dual[self.over_row : self.limit_row]
        places = dual[:challenges] + dual[self.count_row] + prefecture[instance.prefecture]
        return Prices(
            value=-float(self.highs.getInfo().objective_function_value),
            unmet=float(columns[self.duties :].sum()),
            officials=seats,
            stay=stay,
            places=places,
            constant=constant,
        )
