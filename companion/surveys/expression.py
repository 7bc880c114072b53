"""Conditions and rules of a questionnaire: a tree (see `grammar`) walked over some answers.

An empty answer equals '' and is neither less nor more than anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from companion.surveys.grammar import (
    AllOf,
    AnyOf,
    Attr,
    Compare,
    CountSelected,
    ExpressionFault,
    Literal,
    Node,
    Not,
    Ref,
    Selected,
    compared_codes,
    parse_expression,
    references,
    walk,
)

__all__ = [
    "AllOf",
    "AnyOf",
    "Attr",
    "Compare",
    "CountSelected",
    "ExpressionFault",
    "Literal",
    "Node",
    "Not",
    "Ref",
    "Selected",
    "as_number",
    "compared_codes",
    "evaluate",
    "parse_expression",
    "references",
    "walk",
]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _ticked(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(code) for code in value] if isinstance(value, list | tuple) else [str(value)]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(str(code) for code in value.values() if code)
    if isinstance(value, list | tuple):
        return " ".join(str(code) for code in value)
    return str(value)


def as_number(value: Any) -> Decimal | None:
    """The number an answer or a literal stands for, None when it is not one."""
    if isinstance(value, Decimal):
        return value
    text = _as_text(value).strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True)
class _Walker:
    answers: Mapping[str, Any]
    this: Any
    attrs: Mapping[str, str]

    def answer(self, ref: Ref) -> Any:
        return self.this if ref.name is None else self.answers.get(ref.name)

    def value(self, node: Node) -> Any:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Ref):
            return self.answer(node)
        if isinstance(node, Attr):
            return self.attrs.get(node.key, "")
        if isinstance(node, CountSelected):
            return Decimal(len(_ticked(self.answer(node.of))))
        return self.truth(node)

    def truth(self, node: Node) -> bool:
        if isinstance(node, AllOf):
            return all(self.truth(part) for part in node.parts)
        if isinstance(node, AnyOf):
            return any(self.truth(part) for part in node.parts)
        if isinstance(node, Not):
            return not self.truth(node.of)
        if isinstance(node, Selected):
            return node.code in _ticked(self.answer(node.of))
        if isinstance(node, Compare):
            return _compare(self.value(node.left), node.op, self.value(node.right))
        value = self.value(node)
        return value != 0 if isinstance(value, Decimal) else bool(_as_text(value))


def _compare(left: Any, op: str, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        left, right = str(bool(left)), str(bool(right))
    if op in {"=", "!="}:
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            numbers = as_number(left), as_number(right)
            same = None not in numbers and numbers[0] == numbers[1]
        else:
            same = _as_text(left) == _as_text(right)
        return same if op == "=" else not same
    first, second = as_number(left), as_number(right)
    if first is None or second is None:
        return False  # an empty or wordy side is neither less nor more
    if op == "<":
        return first < second
    if op == "<=":
        return first <= second
    return first > second if op == ">" else first >= second


def evaluate(
    tree: Node,
    answers: Mapping[str, Any],
    this: Any = None,
    attrs: Mapping[str, str] | None = None,
) -> bool:
    """Whether an expression holds for some answers; `this` is what `.` stands for."""
    return _Walker(answers, this, attrs or {}).truth(tree)
