"""An attack on published tables: what follows from everything printed, by integer programming.

The attacker knows the most there is to know besides the answers: who responded, and the groups
(policy fields, region, size) everybody belongs to. What is printed are sums of unknown 0/1
answers; a hidden figure is recovered when no other answers fit all of them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

from companion.surveys.crosstab import CrossTab

NONE = ""  # the column 無回答


@dataclass
class Published:
    """One question as printed: columns, all counts, the groups that are shown and those not."""

    single: bool  # one answer each; otherwise every column is a question of its own
    answers: list[frozenset[str]]  # the truth, by person: what the attacker is after
    columns: list[str]
    shown: list[frozenset[int]]
    hidden: list[frozenset[int]]
    total: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.total = {c: sum(c in one for one in self.answers) for c in self.columns}


def from_tables(
    crossed: Sequence[tuple[CrossTab, dict[str, frozenset[int]]]],
    answers: list[frozenset[str]],
    *,
    single: bool,
) -> Published:
    """The tables of one question as printed, with the members of each row."""
    shown, hidden = [], []
    for table, members in crossed:
        assert sum(cell.count for row in table.rows if row.hidden for cell in row.cells) == 0
        for row in table.rows:
            if members[row.code]:
                (hidden if row.hidden else shown).append(members[row.code])
    columns = [code for code, _ in crossed[0][0].columns]
    if single:
        columns.append(NONE)
        answers = [one or frozenset({NONE}) for one in answers]
    return Published(single, answers, columns, shown, hidden)


@dataclass
class Found:
    """What the attack gives: (hidden group, column, value) and people whose answer is known."""

    cells: list[tuple[int, str, int]]
    people: set[int]


def attack(public: Published, *, noughts: bool = False) -> Found:
    """Every hidden figure and every person's whole answer that no other answers change.

    Left out are columns that the row 全体 tells about by itself, and, unless wanted, noughts: a
    hidden group shares those with the printed ones.
    """
    parts = [public.columns] if public.single else [[column] for column in public.columns]
    programmes = [_Programme(public, columns) for columns in parts]
    found = Found([], set())
    whole = len(public.answers)
    open_columns = {c for c, count in public.total.items() if 0 < count < whole}
    for programme in programmes:
        figures = [
            (number, group, column, sum(column in public.answers[p] for p in group))
            for number, group in enumerate(public.hidden)
            for column in programme.columns
            if column in open_columns
        ]
        figures = [one for one in figures if one[3] or noughts]
        for number in programme.fixed([(group, column) for _, group, column, _ in figures]):
            group, _, column, value = figures[number]
            found.cells.append((group, column, value))
    # Whoever stands in the same rows and answered otherwise could be exchanged.
    known = [
        frozenset(piece)
        for piece in programmes[0].pieces
        if len({public.answers[p] for p in piece}) == 1
    ]
    for programme in sorted(programmes, key=lambda one: _imbalance(public, one.columns[0])):
        asked = [(piece, _told_by(public, piece, programme.columns)) for piece in known]
        known = [asked[number][0] for number in programme.fixed(asked)]
    everybody_alike = len(set(public.answers)) == 1
    found.people = set() if everybody_alike else {p for piece in known for p in piece}
    return found


def _imbalance(public: Published, column: str) -> int:
    return abs(2 * public.total[column] - len(public.answers))


def _told_by(public: Published, piece: frozenset[int], columns: list[str]) -> str:
    """The column that tells a person's answer: the one chosen, or the only one there is."""
    chosen = public.answers[next(iter(piece))]
    return next((column for column in columns if column in chosen), columns[0])


class _Programme:
    """The integer programme of one question: how many of each piece of people gave each answer."""

    def __init__(self, public: Published, columns: list[str]) -> None:
        self.public, self.columns = public, columns
        groups = [*public.shown, *public.hidden]
        pieces: dict[tuple[bool, ...], list[int]] = defaultdict(list)
        for person in range(len(public.answers)):
            pieces[tuple(person in group for group in groups)].append(person)
        self.pieces = list(pieces.values())
        self.model = highspy.Highs()
        self.model.setOptionValue("output_flag", False)
        self.model.setOptionValue("threads", 1)
        self.place = {
            (index, column): index * len(columns) + k
            for index in range(len(self.pieces))
            for k, column in enumerate(columns)
        }
        for piece in self.pieces:
            for _ in columns:
                self.model.addVar(0, len(piece))
        count = len(self.place)
        kinds = np.array([highspy.HighsVarType.kInteger] * count)
        self.model.changeColsIntegrality(count, np.arange(count), kinds)
        everybody = frozenset(range(len(public.answers)))
        for shown in [everybody, *public.shown]:
            for column in columns:
                inside = [self.place[i, column] for i in self._in(shown)]
                self._require(inside, sum(column in public.answers[p] for p in shown))
        if public.single:
            for index, piece in enumerate(self.pieces):
                self._require([self.place[index, column] for column in columns], len(piece))

    def _in(self, group: frozenset[int]) -> list[int]:
        return [index for index, piece in enumerate(self.pieces) if piece[0] in group]

    def _require(self, places: list[int], value: int) -> None:
        self.model.addRow(value, value, len(places), np.array(places), np.ones(len(places)))

    def fixed(self, figures: list[tuple[frozenset[int], str]]) -> list[int]:
        """The places of the figures that are the same in all answers that fit."""
        left = {}
        for number, (group, column) in enumerate(figures):
            value = sum(column in self.public.answers[p] for p in group)
            left[number] = ([self.place[i, column] for i in self._in(group)], value)
        chance = random.Random(1)
        self.model.setOptionValue("mip_rel_gap", 0.3)
        for _ in range(6):  # other answers, drawn; what they change needs no programme of its own
            left = self._unchanged(left, {number: chance.gauss(0, 1) for number in left})
        self.model.setOptionValue("mip_rel_gap", 0.0)
        return [number for number, one in left.items() if self._is_fixed(number, one)]

    def _is_fixed(self, number: int, one: tuple[list[int], int]) -> bool:
        for sign in (1.0, -1.0):
            # Answers with one more or one less are enough; without them it is proven.
            self.model.setOptionValue("objective_target", sign * one[1] - 0.5)
            changed = not self._unchanged({number: one}, {number: sign})
            self.model.setOptionValue("objective_target", -highspy.kHighsInf)
            if changed:
                return False
        return True

    def _unchanged(
        self, left: dict[int, tuple[list[int], int]], weights: dict[int, float]
    ) -> dict[int, tuple[list[int], int]]:
        if not left:
            return left
        costs = np.zeros(len(self.place))
        for number, (places, _) in left.items():
            costs[places] += weights[number]
        self.model.changeColsCost(len(costs), np.arange(len(costs)), costs)
        self.model.run()
        assert self.model.getSolution().value_valid
        other = np.round(np.array(self.model.getSolution().col_value))
        return {n: one for n, one in left.items() if other[one[0]].sum() == one[1]}
