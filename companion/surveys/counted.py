"""Whom a question was put to: the bases that every table of it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.surveys.schema import Common
from companion.surveys.tables import BASES, Table

# An answer as it can be counted: a code or text, several codes, or (row, answer) of a matrix;
# "" is no answer.
Key = str | tuple[Any, ...]


def key_of(answer: Any) -> Key:
    """One answer as it can be counted."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Mapping):
        cells = ((row, key_of(cell)) for row, cell in answer.items())
        return tuple(pair for pair in cells if pair[1]) or ""
    if isinstance(answer, list | tuple):
        return tuple(dict.fromkeys(answer)) or ""
    return "" if answer is None else str(answer)


def ticks_of(key: Key) -> tuple[Any, ...]:
    """The codes an answer holds."""
    return key if isinstance(key, tuple) else (key,) if key else ()


@dataclass(frozen=True)
class Counted:
    """The respondents a question was put to, and those it was not."""

    question: Common
    asked: Counter[Key]  # how many gave each answer, no answer among them
    not_asked: int
    not_surveyed: int
    invited: int | None
    is_conditional: bool = False  # asked of some only, by its own condition or its page's

    def table(self, **values: Any) -> Table:
        """A table with what all kinds share; `values` say the rest."""
        question = self.question
        plain: dict[str, Any] = {
            "question": question.name,
            "kind": getattr(question, "type", ""),
            "title": question.short,
            "base_label": BASES[question.analysis.base],
            "invited": self.invited,
            "n": self.n,
            "no_answer": self.empty,
            "not_asked": self.not_asked,
            "not_surveyed": self.not_surveyed,
            "n_scored": 0,
            "rows": (),
            "mean_tenths": None,
            "mean_flag": "",
            "score_sum": None,
            "median": None,
            "minimum": None,
            "maximum": None,
            "top_box": None,
            "bottom_box": None,
            "mt_row": None,
            "non_response_range": None,
            "notes": (),
            "chart": question.analysis.chart or "none",
        }
        return Table(**{**plain, **values})

    @property
    def is_for_everybody(self) -> bool:
        """Whether those who did not respond would have been asked too."""
        return not (self.is_conditional or self.not_asked or self.not_surveyed)

    @property
    def n(self) -> int:
        """The base."""
        whole = self.asked.total()
        return whole if self.question.analysis.base == "relevant" else whole - self.empty

    @property
    def empty(self) -> int:
        """無回答: who was asked and gave no answer."""
        return self.asked[""]


def base_notes(counted: Counted) -> list[str]:
    """What the base leaves out, as notes under the table."""
    notes: list[str] = []
    if counted.question.analysis.base == "answered" and counted.empty:
        notes.append(f"割合は無回答（{counted.empty:,}）を除くn={counted.n}を100％として算出。")
    if counted.not_asked:
        notes.append(f"非該当（質問の対象でない回答者）{counted.not_asked:,}はnに含まない。")
    if counted.not_surveyed:
        notes.append(
            f"※調査していない（質問の追加前の回答）{counted.not_surveyed:,}はnに含まない。"
        )
    return notes
