"""Answers as a person reads them again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.surveys import conditionrows
from companion.surveys.answers import CONSENT, OTHER, is_empty, relevant_questions
from companion.surveys.expression import parse_expression, references
from companion.surveys.schema import Matrix, Question, SurveyDefinition


@dataclass(frozen=True)
class Line:
    """One question with its answer in words; `page` counts from 1."""

    number: str
    label: str
    answer: str
    page: int
    name: str


_ONE_CHOICE = re.compile(r"\$\{(\w+)\} = '([^']*)'")


def depending_on_page(defn: SurveyDefinition, index: int) -> set[str]:
    """The questions of a page (from 0) that hang on another question of the same page.

    They are on the page from the start: without script everybody sees them, with script they
    appear when they are called for; the server decides in either case.
    """
    names = {question.name for question in defn.pages[index].questions}
    return {
        question.name
        for question in defn.pages[index].questions
        if question.relevant and names & set(references(parse_expression(question.relevant)))
    }


def show_when(question: Question) -> str | None:
    """「cont=need」 for a question asked after one choice of another; None for other conditions."""
    found = _ONE_CHOICE.fullmatch(question.relevant or "")
    return f"{found[1]}={found[2]}" if found else None


def condition_in_words(defn: SurveyDefinition, question: Question) -> str:
    """When a question is asked, for people; empty when it always is."""
    if not question.relevant:
        return ""
    found = _ONE_CHOICE.fullmatch(question.relevant)
    about = defn.by_name.get(found[1]) if found else None
    if found is None or about is None:
        kinds = {q.name: q.type for q in defn.questions}
        if conditionrows.lines_of(question.relevant, kinds) is None:
            return "前の設問の回答によって、記入が必要なときだけお答えください。"
        names = conditionrows.condition_names(defn)
        when = conditionrows.in_words(question.relevant, kinds, names)
        return f"{when}のときだけお答えください。"
    label = next((c.short for c in about.choice_list(defn) if c.name == found[2]), found[2])
    return f"問{defn.numbers[about.name]}で「{label}」と回答したときだけお答えください。"


def not_asked_words(
    defn: SurveyDefinition, answers: Mapping[str, Any], facts: Mapping[str, str] | None = None
) -> str:
    """Which answers are left out because their question is not asked, in one sentence; or empty."""
    asked = {question.name for question in relevant_questions(defn, answers, facts)}
    left_out = [
        f"問{defn.numbers[question.name]}"
        for question in defn.questions
        if question.name not in asked and not is_empty(answers.get(question.name))
    ]
    if not left_out:
        return ""
    return f"{'、'.join(left_out)}は、ほかの回答から尋ねない設問になるので、提出に含めません。"


def answered_lines(
    defn: SurveyDefinition, answers: Mapping[str, Any], facts: Mapping[str, str] | None = None
) -> list[Line]:
    """Every question asked of somebody with these answers, in order, with what was answered."""
    return [
        Line(
            number=defn.numbers[question.name],
            label=question.label,
            answer=in_words(defn, question, answers),
            page=defn.page_of(question.name) + 1,
            name=question.name,
        )
        for question in relevant_questions(defn, answers, facts)
        if question.type != "note"
    ]


def in_words(defn: SurveyDefinition, question: Question, answers: Mapping[str, Any]) -> str:
    """An answer in words, a line for each choice; empty when nothing was answered."""
    value = answers.get(question.name)
    if is_empty(value):
        return ""
    labels: dict[str, str] = {c.name: c.label for c in question.choice_list(defn)}
    if isinstance(question, Matrix) and isinstance(value, Mapping):
        return "\n".join(
            f"{row.label}：{labels.get(str(value[row.name]), str(value[row.name]))}"
            for row in question.rows
            if value.get(row.name)
        )
    if isinstance(value, list):
        words = "\n".join(labels.get(str(code), str(code)) for code in value)
    else:
        words = labels.get(str(value), str(value)) + (getattr(question, "unit", None) or "")
    if answers.get(question.name + OTHER):
        words += f"（{answers[question.name + OTHER]}）"
    consent = answers.get(question.name + CONSENT)
    if consent:
        words += "\n公表資料への掲載：" + ("可" if consent == "yes" else "不可")
    return words
