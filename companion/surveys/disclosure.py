"""Whose answers follow from a set of tables, whatever the algebra of groups says.

`suppression` looks at who stands in which printed row, never at the answers; but a group in which
everybody answered alike gives all their answers away, and zeros in large groups may leave only
the small rest. So the printed counts themselves are put to a linear programme: the attacker knows
who responded and who belongs to which group, and looks for other answers that give the same
sums. A person's answer that is the same in all of them is known, and so is a hidden figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from companion.surveys.suppression import Members

Codes = tuple[str, ...]
# (who, the classes summed up, the column): a figure that must not follow.
Target = tuple[Members, np.ndarray, int]
_SMALL = 1e-4
_DRAWN = 6
# Limits in nodes, never in seconds: the same answers must hide the same rows on every machine.
_NODES_DRAWN = 20
_GAP_DRAWN = 0.2
_NODES_ASKED = 500


@dataclass(frozen=True)
class Printed:
    """What is printed of one question: who stands in which row, and what everybody answered."""

    answers: Mapping[int, Codes]  # by person; one code each where `single`
    columns: tuple[str, ...]
    single: bool
    shown: Sequence[Members]
    hidden: Sequence[Members]


def known_from(
    printed: Printed, only: Members | None = None, *, in_whole: bool = False
) -> Members | None:
    """Somebody whose answer, or a group whose hidden figure, follows from the sums; or None.

    With `only` nobody else is looked at. `in_whole` lets the attacker know that people are not
    divided, which costs an integer programme and finds a little more. Left out are figures that
    the row 全体 gives by itself, and the nought: that nobody of a hidden group chose something
    may follow, as it follows of everybody from a printed nought.
    """
    if printed.single:
        return _Programme(printed, printed.columns, only, in_whole).first_known()
    # Of several answers each column is a question of its own; a person is known by all of them.
    people: set[Members] | None = None
    for column in printed.columns:
        programme = _Programme(printed, (column,), only, in_whole)
        figure = programme.first_known(people=False)
        if figure is not None:
            return figure
        people = programme.uniform if people is None else people & programme.uniform
    for column in printed.columns:
        if not people:
            return None
        people = _Programme(printed, (column,), only, in_whole).known_people(people)
    return next(iter(people or ()), None)


class _Programme:
    """The linear programme of one question: how many of each class of people gave each answer."""

    def __init__(
        self,
        printed: Printed,
        columns: tuple[str, ...],
        only: Members | None = None,
        in_whole: bool = False,
    ) -> None:
        self.only, self.in_whole = only, in_whole
        self.columns = columns
        groups = [*printed.shown, *printed.hidden]
        classes: dict[tuple[bool, ...], list[int]] = defaultdict(list)
        for person in printed.answers:
            classes[tuple(person in members for members in groups)].append(person)
        self.classes = [frozenset(people) for people in classes.values()]
        place = {person: i for i, people in enumerate(self.classes) for person in people}
        self.truth = np.zeros((len(self.classes), len(columns)), dtype=np.int64)
        for person, codes in printed.answers.items():
            for column, code in enumerate(columns):
                self.truth[place[person], column] += code in codes
        self.sizes = np.array([len(people) for people in self.classes])
        inside = np.array(list(classes), dtype=bool).reshape(len(self.classes), len(groups))
        self.shown = inside[:, : len(printed.shown)]
        self.hidden = inside[:, len(printed.shown) :]
        self.single = printed.single
        full = (self.truth == 0) | (self.truth == self.sizes[:, None])
        self.uniform = {self.classes[i] for i in np.flatnonzero(full.all(axis=1))}
        self.printed = printed

    def first_known(self, *, people: bool = True) -> Members | None:
        """A uniform class or a hidden group with a figure that no other answers change."""
        left = self._hidden_figures() + (self._people(self.uniform) if people else [])
        return next((who for who, _, _ in self._unchanged(left)), None)

    def known_people(self, people: set[Members]) -> set[Members]:
        """Those of some uniform classes whose answer no other answers change."""
        told = {who for who in people if not self._people({who})}  # 全体 tells of everybody
        return told | {who for who, _, _ in self._unchanged(self._people(people))}

    def _unchanged(self, left: list[Target]) -> Iterator[Target]:
        if not left:
            return
        model, place = self._model()
        # Any other answers free every figure that they change: a few are drawn first, so that
        # only what nothing has changed is asked about one by one.
        chance = np.random.default_rng(1)
        model.setOptionValue("mip_rel_gap", _GAP_DRAWN)  # any other answers will do
        model.setOptionValue("mip_max_nodes", _NODES_DRAWN)
        for _ in range(_DRAWN):
            left = self._unmoved(model, place, left, chance.standard_normal(len(left)))
            if not left:
                return
        model.setOptionValue("mip_rel_gap", 0.0)
        model.setOptionValue("mip_max_nodes", _NODES_ASKED)
        for target in left:
            if self._is_unchanged(model, place, target):
                yield target

    def _is_unchanged(self, model: highspy.Highs, place: np.ndarray, target: Target) -> bool:
        _, classes, column = target
        held = float(self.truth[classes, column].sum())
        for sign in (1.0, -1.0):
            if self.in_whole:  # one more or one less is enough
                model.setOptionValue("objective_target", sign * held - 0.5)
            if not self._unmoved(model, place, [target], np.array([sign])):
                return False
        return True

    def _open_columns(self) -> list[int]:
        everybody = self.sizes.sum()
        return [c for c, total in enumerate(self.truth.sum(axis=0)) if 0 < total < everybody]

    def _people(self, people: set[Members]) -> list[Target]:
        found: list[Target] = []
        columns = self._open_columns()
        for i, who in enumerate(self.classes):
            held = int(self.truth[i].argmax()) if self.single else 0
            if who in people and held in columns and (self.only is None or who & self.only):
                found.append((who, np.array([i]), held))
        return found

    def _hidden_figures(self) -> list[Target]:
        found: list[Target] = []
        for number, who in enumerate(self.printed.hidden):
            inside = np.flatnonzero(self.hidden[:, number])
            if not len(inside) or not (self.only is None or who == self.only):
                continue
            for column in self._open_columns():
                # Who stands in the same printed rows may be exchanged for one another.
                if self.truth[inside, column].any() and not self._exchanges(inside, column):
                    found.append((who, inside, column))
        return found

    def _exchanges(self, inside: np.ndarray, column: int) -> bool:
        outside = np.setdiff1d(np.arange(len(self.classes)), inside)
        some, all_ = self.truth[:, column] > 0, self.truth[:, column] == self.sizes
        rows = self.shown
        for i in inside:
            alike = outside[(rows[outside] == rows[i]).all(axis=1)]
            if (some[i] and not all_[alike].all()) or (not all_[i] and some[alike].any()):
                return True
        return False

    def _model(self) -> tuple[highspy.Highs, np.ndarray]:
        """The sums that are printed, as equations; a row per group and column, one per class."""
        place = np.arange(self.truth.size).reshape(self.truth.shape)
        rows = np.column_stack([np.ones(len(self.classes), dtype=bool), self.shown])
        equations = [place[row, c] for c in range(len(self.columns)) for row in rows.T]
        values = [self.truth[row, c].sum() for c in range(len(self.columns)) for row in rows.T]
        if self.single:
            equations += list(place)
            values += list(self.sizes)
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = self.truth.size, len(equations)
        programme.col_cost_ = np.zeros(self.truth.size)
        programme.col_lower_ = np.zeros(self.truth.size)
        programme.col_upper_ = np.repeat(self.sizes, len(self.columns)).astype(float)
        programme.row_lower_ = programme.row_upper_ = np.array(values, dtype=float)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        programme.a_matrix_.start_ = np.cumsum([0, *map(len, equations)], dtype=np.int32)
        programme.a_matrix_.index_ = np.concatenate(equations).astype(np.int32)
        programme.a_matrix_.value_ = np.ones(sum(map(len, equations)))
        if self.in_whole:
            programme.integrality_ = [highspy.HighsVarType.kInteger] * self.truth.size
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.passModel(programme)
        return model, place

    def _unmoved(
        self, model: highspy.Highs, place: np.ndarray, targets: list[Target], weights: np.ndarray
    ) -> list[Target]:
        """The figures that the answers best for these weights leave as they are."""
        costs = np.zeros(self.truth.size)
        for (_, classes, column), weight in zip(targets, weights, strict=True):
            costs[place[classes, column]] += weight
        model.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        model.run()
        found = np.array(model.getSolution().col_value)
        if len(found) != self.truth.size or not model.getSolution().value_valid:
            return targets  # what is not decided counts as known: rather a row too many is hidden
        other = found.reshape(self.truth.shape)
        return [
            (who, classes, column)
            for who, classes, column in targets
            if abs(other[classes, column].sum() - self.truth[classes, column].sum()) < _SMALL
        ]
