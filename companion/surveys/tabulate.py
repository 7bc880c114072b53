"""The one engine that counts: screens, charts, Excel, CSV and JSON all print what stands here.

Bases: n is the number of valid respondents to whom the question was asked (`base: relevant`),
or of those who answered it (`base: answered`). 無回答 was asked and is empty; 非該当 was not
asked; an answer set of a version without the question is 「調査していない」. A choice flagged
`missing` stays in n and in the shares but leaves the mean. Counts are kept, shares derived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from companion.surveys.answers import relevant_questions
from companion.surveys.counted import Counted, Key, key_of
from companion.surveys.counting import (
    choice_table,
    matrix_row_table,
    matrix_table,
    number_table,
    text_table,
)
from companion.surveys.expression import parse_expression, references
from companion.surveys.schema import (
    Common,
    FreeText,
    Matrix,
    Number,
    SurveyDefinition,
)
from companion.surveys.scoring import scores_of
from companion.surveys.shares import (
    HIDDEN,
    half_up,
)
from companion.surveys.strictness import withheld
from companion.surveys.tables import (
    AnswerSet,
    Table,
)


def answer_sets_of(sets: Iterable[AnswerSet | Mapping[str, Any]]) -> list[AnswerSet]:
    """Plain maps of answers taken as answer sets."""
    return [one if isinstance(one, AnswerSet) else AnswerSet(one) for one in sets]


def tabulate(
    defn: SurveyDefinition,
    question_name: str,
    answer_sets: Iterable[AnswerSet | Mapping[str, Any]],
    *,
    invited: int | None = None,
    min_base: int | None = None,
) -> Table:
    """Count one question over valid answer sets.

    `invited` is 配布数 (None: no range for non-response). `min_base` is the smallest base shown;
    by default the survey's own, 0 for the internal edition. Raises KeyError for a question that
    does not exist, ValueError for a note.
    """
    threshold = defn.min_base if min_base is None else min_base
    put = put_to(defn, question_name, answer_sets_of(answer_sets))
    return table_of(defn, put.counted(invited=invited), threshold)


@dataclass(frozen=True)
class Put:
    """A question put to a round: the places (from 0) of who was asked, and what they answered."""

    question: Common
    places: list[int]
    keys: dict[int, Key]  # by place
    not_asked: int
    not_surveyed: int
    is_conditional: bool

    def counted(self, *, invited: int | None = None) -> Counted:
        """Everybody who was asked."""
        asked = Counter(self.keys.values())
        return Counted(
            self.question, asked, self.not_asked, self.not_surveyed, invited, self.is_conditional
        )

    def counted_of(self, places: Iterable[int]) -> Counted:
        """Some of those who were asked."""
        asked = Counter(map(self.keys.__getitem__, places))
        return Counted(self.question, asked, 0, 0, None, self.is_conditional)


def put_to(defn: SurveyDefinition, question_name: str, sets: Sequence[AnswerSet]) -> Put:
    """Who of a round was asked a question. Raises as `tabulate` does."""
    question = defn.question(question_name)
    if question.type == "note":
        raise ValueError("a note has nothing to count")
    asks = Asking(defn, question)
    keys: dict[int, Key] = {}
    not_surveyed = 0
    for place, one in enumerate(sets):
        if question_name in one.unasked:
            not_surveyed += 1
        elif asks(one):
            keys[place] = key_of(one.answers.get(question_name))
    not_asked = len(sets) - not_surveyed - len(keys)
    return Put(question, list(keys), keys, not_asked, not_surveyed, asks.is_conditional)


def table_of(defn: SurveyDefinition, counted: Counted, threshold: int) -> Table:
    """What was counted, as the table of its kind; under the threshold nothing is left of it."""
    question = counted.question
    if isinstance(question, Matrix):
        lines = (matrix_row_table(defn, question, row, counted) for row in question.rows)
        parts = tuple(_hide(line, threshold, defn.strict) for line in lines)
        return _hide(matrix_table(question, counted, parts), threshold, defn.strict)
    if isinstance(question, Number):
        return _hide(number_table(question, counted), threshold, defn.strict)
    if isinstance(question, FreeText):
        return _hide(text_table(question, counted), threshold, defn.strict)
    made = choice_table(defn, question, counted, question.short)
    return _hide(made, threshold, defn.strict)


class Asking:
    """Whether a question is asked of somebody; decided once for all who answered alike before."""

    def __init__(self, defn: SurveyDefinition, question: Common) -> None:
        self.defn, self.name = defn, question.name
        self.depends_on = self._needed(question)
        page = defn.pages[defn.page_of(question.name)]
        self.is_conditional = question.relevant is not None or page.relevant is not None
        self._known: dict[Any, bool] = {}

    def _needed(self, question: Common) -> list[str]:
        """The questions that decide, those that decide about them too."""
        found: dict[str, None] = {}
        waiting = [question]
        while waiting:
            one = waiting.pop()
            page = self.defn.pages[self.defn.page_of(one.name)]
            for text in (one.relevant, page.relevant):
                for name in references(parse_expression(text)) if text else ():
                    if name not in found:
                        found[name] = None
                        waiting.append(self.defn.question(name))
        return list(found)

    def __call__(self, one: AnswerSet) -> bool:
        if not self.is_conditional:
            return True
        given = {name: one.answers.get(name) for name in self.depends_on}
        known = (tuple(map(key_of, given.values())), tuple(sorted(one.attrs.items())))
        if known not in self._known:
            asked = relevant_questions(self.defn, given, one.attrs)
            self._known[known] = any(other.name == self.name for other in asked)
        return self._known[known]


def tabulate_all(
    defn: SurveyDefinition,
    answer_sets: Iterable[AnswerSet | Mapping[str, Any]],
    *,
    invited: int | None = None,
    min_base: int | None = None,
) -> dict[str, Table]:
    """Every question but notes, in order, by name."""
    sets = answer_sets_of(answer_sets)
    return {
        question.name: tabulate(defn, question.name, sets, invited=invited, min_base=min_base)
        for question in defn.questions
        if question.type != "note"
    }


def team_weighted_mean(
    defn: SurveyDefinition, question_name: str, answer_sets: Iterable[AnswerSet]
) -> tuple[int | None, int]:
    """The mean with each team counted once, in tenths, and the number of teams with a score."""
    question = defn.question(question_name)
    score = scores_of(question.choice_list(defn))
    teams: dict[str, list[int]] = {}
    sets = answer_sets_of(answer_sets)
    for place, code in put_to(defn, question_name, sets).keys.items():
        team = sets[place].team
        if team is not None and code in score:
            teams.setdefault(team, []).append(score[str(code)])
    if not teams:
        return None, 0
    whole = sum((Fraction(sum(team), len(team)) for team in teams.values()), Fraction(0))
    return half_up(10 * whole / len(teams)), len(teams)


def _hide(table: Table, threshold: int, is_strict: bool) -> Table:
    """The table as it may be shown: under the threshold only 「x」 is left of it."""
    if not 0 < table.n < threshold:
        return withheld(table) if is_strict and threshold else table
    rows = tuple(
        replace(row, count=0, share_tenths=None, flag=HIDDEN, of_answers_tenths=None)
        for row in table.rows
    )
    return replace(
        table.without_measures(HIDDEN),
        rows=rows,
        n=0,
        no_answer=0,
        not_asked=0,
        not_surveyed=0,
        notes=(f"回答者数が{threshold}未満のため、秘匿して「{HIDDEN}」で示す。",),
        hidden=True,
        min_base=threshold,
    )
