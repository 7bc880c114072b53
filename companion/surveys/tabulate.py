"""The one engine that counts: screens, charts, Excel, CSV and JSON all print what stands here.

Bases: n is the number of valid respondents to whom the question was asked (`base: relevant`),
or of those who answered it (`base: answered`). 無回答 was asked and is empty; 非該当 was not
asked; an answer set of a version without the question is 「調査していない」. A choice flagged
`missing` stays in n and in the shares but leaves the mean. Counts are kept, shares derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from companion.surveys.answers import relevant_questions
from companion.surveys.counting import (
    Counted,
    choice_table,
    matrix_row_table,
    matrix_table,
    number_table,
    scores_of,
    text_table,
)
from companion.surveys.schema import (
    Common,
    FreeText,
    Matrix,
    Number,
    SurveyDefinition,
)
from companion.surveys.shares import (
    HIDDEN,
    half_up,
)
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
    question = defn.question(question_name)
    if question.type == "note":
        raise ValueError("a note has nothing to count")
    sets = answer_sets_of(answer_sets)
    threshold = defn.min_base if min_base is None else min_base
    asked, not_asked, not_surveyed = _asked(defn, question, sets)
    counted = Counted(question, asked, not_asked, not_surveyed, invited)
    if isinstance(question, Matrix):
        lines = (matrix_row_table(defn, question, row, counted) for row in question.rows)
        parts = tuple(_hide(line, threshold) for line in lines)
        return _hide(matrix_table(question, counted, parts), threshold)
    if isinstance(question, Number):
        return _hide(number_table(question, counted), threshold)
    if isinstance(question, FreeText):
        return _hide(text_table(question, counted), threshold)
    return _hide(choice_table(defn, question, counted, question.short), threshold)


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
    for one in answer_sets_of(answer_sets):
        code = one.answers.get(question_name)
        if one.team is not None and code in score and _is_asked(defn, question, one):
            teams.setdefault(one.team, []).append(score[code])
    if not teams:
        return None, 0
    whole = sum((Fraction(sum(team), len(team)) for team in teams.values()), Fraction(0))
    return half_up(10 * whole / len(teams)), len(teams)


def asked_of(
    defn: SurveyDefinition, question_name: str, answer_sets: Sequence[AnswerSet]
) -> list[int]:
    """The places (from 0) of the answer sets to whom a question was asked."""
    question = defn.question(question_name)
    return [i for i, one in enumerate(answer_sets) if _is_asked(defn, question, one)]


def _is_asked(defn: SurveyDefinition, question: Common, one: AnswerSet) -> bool:
    if question.name in one.unasked:
        return False
    page = defn.pages[defn.page_of(question.name)]
    if question.relevant is None and page.relevant is None:
        return True
    asked = relevant_questions(defn, one.answers, one.attrs)
    return any(other.name == question.name for other in asked)


def _asked(
    defn: SurveyDefinition, question: Common, sets: Sequence[AnswerSet]
) -> tuple[list[Any], int, int]:
    asked: list[Any] = []
    not_asked = not_surveyed = 0
    for one in sets:
        if question.name in one.unasked:
            not_surveyed += 1
        elif _is_asked(defn, question, one):
            asked.append(one.answers.get(question.name))
        else:
            not_asked += 1
    return asked, not_asked, not_surveyed


def _hide(table: Table, threshold: int) -> Table:
    """The table as it may be shown: under the threshold only 「x」 is left of it."""
    if not 0 < table.n < threshold:
        return table
    rows = tuple(
        replace(row, count=0, share_tenths=None, flag=HIDDEN, of_answers_tenths=None)
        for row in table.rows
    )
    return replace(
        table,
        rows=rows,
        n=0,
        no_answer=0,
        not_asked=0,
        not_surveyed=0,
        n_scored=0,
        mean_tenths=None,
        mean_flag=HIDDEN,
        score_sum=None,
        median=None,
        minimum=None,
        maximum=None,
        top_box=None,
        bottom_box=None,
        mt_row=None,
        non_response_range=None,
        notes=(f"回答者数が{threshold}未満のため、秘匿して「{HIDDEN}」で示す。",),
        hidden=True,
        min_base=threshold,
    )
