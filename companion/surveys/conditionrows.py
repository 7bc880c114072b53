"""Conditions as people choose them: 「問1の答えが『5』のとき」 line by line, all or any of them.

A line names a question and, for choices, one of them; or a fact of who answers and its value
(`@municipality.kind=町`). What lines cannot say stays as it was written and is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.surveys.facts import fact_names
from companion.surveys.grammar import (
    AllOf,
    AnyOf,
    Attr,
    Compare,
    ExpressionFault,
    Literal,
    Node,
    Not,
    Ref,
    Selected,
    parse_expression,
)
from companion.surveys.schema import SurveyDefinition

HOW = {
    "is": "にあてはまる（等しい）",
    "isnt": "にあてはまらない（等しくない）",
    "lt": "より小さい",
    "le": "以下",
    "ge": "以上",
    "gt": "より大きい",
}
_OPERATORS = {"is": "=", "isnt": "!=", "lt": "<", "le": "<=", "ge": ">=", "gt": ">"}
_HOW_OF = {operator: how for how, operator in _OPERATORS.items()}
JOINERS = {"and": "すべてにあてはまるとき", "or": "いずれかにあてはまるとき"}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Line:
    """One line: a question, the code of a choice ("" : anything answered), how, and a number."""

    question: str
    code: str = ""
    how: str = "is"
    number: str | None = None  # compared with, for questions of numbers

    @property
    def what(self) -> str:
        """The line's question and choice as one value of a select."""
        if self.number is not None:
            return f"{self.question}#"
        return f"{self.question}={self.code}" if self.code else self.question

    @classmethod
    def chosen(cls, what: str, how: str, number: str) -> Line:
        """The line that the selects say."""
        if what.endswith("#"):
            return cls(what[:-1], how=how, number=number)
        question, _, code = what.partition("=")
        return cls(question, code, "isnt" if how == "isnt" else "is")

    @property
    def fault(self) -> str:
        """What keeps the line from being a condition; empty when nothing does."""
        if self.number is not None and not _NUMBER.fullmatch(self.number):
            return f"条件の数「{self.number}」は、半角の数で入力してください。"
        return ""


def lines_of(text: str | None, kinds: Mapping[str, str]) -> tuple[str, list[Line]] | None:
    """The joiner and the lines of a condition; None when lines cannot say it."""
    if not text:
        return "and", []
    try:
        tree = parse_expression(text)
    except ExpressionFault:
        return None
    joiner, parts = "and", [tree]
    if isinstance(tree, AllOf | AnyOf):
        joiner, parts = ("and" if isinstance(tree, AllOf) else "or"), list(tree.parts)
    lines = [_line(part, kinds) for part in parts]
    return None if None in lines else (joiner, [line for line in lines if line is not None])


def _line(node: Node, kinds: Mapping[str, str]) -> Line | None:
    negated = isinstance(node, Not)
    inner = node.of if isinstance(node, Not) else node
    if isinstance(inner, Selected) and inner.of.name:
        return Line(inner.of.name, inner.code, "isnt" if negated else "is")
    if negated or not isinstance(inner, Compare):
        return None
    left, right = inner.left, inner.right
    if isinstance(left, Attr) and isinstance(right, Literal):
        known = _HOW_OF[inner.op] in {"is", "isnt"}
        return Line(f"@{left.key}", str(right.value), _HOW_OF[inner.op]) if known else None
    if not isinstance(left, Ref) or left.name is None or not isinstance(right, Literal):
        return None
    how, value = _HOW_OF[inner.op], str(right.value)
    if value == "":  # `!= ''`: anything answered
        return (
            Line(left.name, "", {"isnt": "is", "is": "isnt"}.get(how, ""))
            if (how in {"is", "isnt"})
            else None
        )
    if kinds.get(left.name) == "number":
        return Line(left.name, how=how, number=value) if _NUMBER.fullmatch(value) else None
    is_choice = how in {"is", "isnt"} and kinds.get(left.name) in {"scale5", "single"}
    return Line(left.name, value, how) if is_choice and isinstance(right.value, str) else None


def condition_of(joiner: str, lines: Sequence[Line], kinds: Mapping[str, str]) -> str | None:
    """The condition that some lines say, None when there are none."""
    parts = [_written(line, kinds) for line in lines]
    return f" {joiner if joiner == 'or' else 'and'} ".join(parts) or None


def _written(line: Line, kinds: Mapping[str, str]) -> str:
    of = f"${{{line.question}}}"
    if line.question.startswith("@"):
        return f"attr('{line.question[1:]}') {_OPERATORS.get(line.how, '=')} '{line.code}'"
    if line.number is not None:
        return f"{of} {_OPERATORS.get(line.how, '=')} {line.number}"
    if not line.code:
        return f"{of} {'=' if line.how == 'isnt' else '!='} ''"
    if kinds.get(line.question) == "multi":
        picked = f"selected({of}, '{line.code}')"
        return f"not({picked})" if line.how == "isnt" else picked
    return f"{of} {'!=' if line.how == 'isnt' else '='} '{line.code}'"


def condition_names(defn: SurveyDefinition) -> dict[str, str]:
    """What conditions speak of: 「問1」 by question, the label of a choice by `question=code`."""
    names: dict[str, str] = {}
    for question in defn.questions:
        names[question.name] = f"問{defn.numbers.get(question.name, '')}"
        for choice in question.choice_list(defn):
            names[f"{question.name}={choice.name}"] = choice.short
    return names | fact_names()


def in_words(text: str | None, kinds: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A condition as people read it; `names` holds 「問1」 by question, 「5（良い）」 by `q=code`.

    What the lines cannot say is given as it is written.
    """
    read = lines_of(text, kinds)
    if read is None:
        return text or ""
    joiner, lines = read
    return ("、かつ" if joiner == "and" else "、または").join(
        _spoken(line, names) for line in lines
    )


def _spoken(line: Line, names: Mapping[str, str]) -> str:
    about = names.get(line.question, line.question)
    if line.number is not None:
        more = {"is": "", "isnt": "以外"}.get(line.how, HOW.get(line.how, ""))
        return f"{about}が{line.number}{more}"
    if not line.code:
        return f"{about}が{'未回答' if line.how == 'isnt' else '回答あり'}"
    label = names.get(line.what, line.code)
    return f"{about}が「{label}」{'以外' if line.how == 'isnt' else ''}"
