"""What a count comes to: answer sets in, tables out, as plain frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from companion.surveys.shares import HIDDEN, format_n, share_tenths

ROUNDING_NOTE = "割合は小数第２位を四捨五入。"
NO_ANSWER = "無回答"


@dataclass(frozen=True)
class AnswerSet:
    """One valid response: what was answered and what the application knows about who answered.

    `banners` maps a banner to the codes of the groups the respondent belongs to; `attrs` are the
    facts conditions may look at; `unasked` names questions its version did not have; `team`
    weighs the team mean.
    """

    answers: Mapping[str, Any]
    banners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attrs: Mapping[str, str] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()
    team: str | None = None


@dataclass(frozen=True)
class Row:
    """One line: a choice, a class of numbers, or 無回答. `flag` is "", "x" or "…"."""

    code: str
    label: str
    count: int
    share_tenths: int | None
    flag: str = ""
    score: int | None = None
    group: str | None = None
    missing: bool = False
    of_answers_tenths: int | None = None  # multi: 回答数に占める割合


@dataclass(frozen=True)
class Box:
    """Several neighbouring choices taken together, as 5＋4."""

    codes: tuple[str, ...]
    count: int
    share_tenths: int | None


@dataclass(frozen=True)
class MtRow:
    """The footer of a multiple-answer table: 回答数計 and M.T. in tenths of a per cent."""

    count_total: int
    mt_tenths: int | None


@dataclass(frozen=True)
class Table:
    """One question counted. `parts` are the lines of a matrix, each a table of its own."""

    question: str
    kind: str
    title: str
    base_label: str
    invited: int | None
    n: int
    no_answer: int
    not_asked: int  # 非該当
    not_surveyed: int  # answered to a version without this question
    n_scored: int
    rows: tuple[Row, ...]
    mean_tenths: int | None
    mean_flag: str
    score_sum: Fraction | None
    median: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    top_box: Box | None
    bottom_box: Box | None
    mt_row: MtRow | None
    non_response_range: tuple[int, int] | None
    notes: tuple[str, ...]
    hidden: bool = False
    min_base: int = 0  # what hid the table
    chart: str = "none"
    parts: tuple[Table, ...] = ()
    no_answer_flag: str = ""
    deviation_tenths: int | None = None  # standard deviation of the scores
    has_of_answers: bool = False  # multi: 回答数に占める割合 was asked for, in a column of its own

    def without_measures(self, mean_flag: str) -> Table:
        """The table without its mean and whatever else is computed from its counts."""
        return replace(
            self,
            n_scored=0,
            mean_tenths=None,
            mean_flag=mean_flag,
            score_sum=None,
            median=None,
            deviation_tenths=None,
            minimum=None,
            maximum=None,
            top_box=None,
            bottom_box=None,
            mt_row=None,
            non_response_range=None,
        )

    @property
    def withheld(self) -> bool:
        """Whether some of the counts are hidden, though not the table."""
        return not self.hidden and any(row.flag == HIDDEN for row in self.printed_rows)

    @property
    def n_text(self) -> str:
        """The base as printed: 「10未満」 when hidden, with ＊ under 30."""
        return f"{self.min_base}未満" if self.hidden else format_n(self.n)

    @property
    def no_answer_row(self) -> Row | None:
        """The row 無回答, when it is part of n and somebody is in it."""
        is_empty = not (self.no_answer or self.no_answer_flag)
        if is_empty or self.base_label != BASES["relevant"] or self.kind == "text":
            return None
        flag = HIDDEN if self.hidden else self.no_answer_flag
        share = share_tenths(self.no_answer, self.n) if self.n and not flag else None
        return Row("", NO_ANSWER, 0 if self.hidden else self.no_answer, share, flag)

    @property
    def printed_rows(self) -> tuple[Row, ...]:
        """The rows as printed: the choices and, where somebody is in it, 無回答."""
        last = self.no_answer_row
        return (*self.rows, last) if last else self.rows


BASES = {"relevant": "質問の対象となった回答者", "answered": "この質問に回答した人（無回答を除く）"}


def numbered_notes(notes: Iterable[str]) -> list[str]:
    """Notes as they stand under a table: （注１）…"""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return [f"（注{str(i).translate(wide)}）{note}" for i, note in enumerate(notes, start=1)]
