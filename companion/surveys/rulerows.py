"""Rules for the number in an answer as people choose them: 「60 以下」, 「問1の答え 以上」.

All of them must hold. A question compared with may be unanswered: then its rule asks nothing.
What lines cannot say stays as it was written and is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.surveys.conditionrows import HOW
from companion.surveys.grammar import (
    AllOf,
    AnyOf,
    Compare,
    ExpressionFault,
    Literal,
    Node,
    Ref,
    parse_expression,
)

OPERATORS = {"le": "<=", "ge": ">=", "lt": "<", "gt": ">", "isnt": "!=", "is": "="}
_HOW_OF = {operator: how for how, operator in OPERATORS.items()}
RULES = {how: HOW[how].partition("（")[0] for how in ("le", "ge", "lt", "gt")} | {
    "isnt": "ではない",
    "is": "と同じ",
}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Rule:
    """The answer is so related to a number as typed, or to the answer of an earlier question."""

    how: str
    number: str = ""
    question: str = ""

    @property
    def fault(self) -> str:
        """What keeps the line from being a rule; empty when nothing does."""
        if self.question or _NUMBER.fullmatch(self.number):
            return ""
        return f"回答の条件の数「{self.number}」は、半角の数で入力してください。"


def rules_of(text: str | None) -> list[Rule] | None:
    """The lines of a constraint; None when lines cannot say it."""
    if not text:
        return []
    try:
        tree = parse_expression(text)
    except ExpressionFault:
        return None
    found = [_rule(part) for part in (tree.parts if isinstance(tree, AllOf) else (tree,))]
    return None if None in found else [rule for rule in found if rule is not None]


def _rule(node: Node) -> Rule | None:
    asked = None
    if isinstance(node, AnyOf) and len(node.parts) == 2:  # unanswered, or so related
        first, node = node.parts
        if not isinstance(first, Compare) or (first.op, first.right) != ("=", Literal("")):
            return None
        asked = first.left
    if not isinstance(node, Compare) or node.left != Ref(None):
        return None
    how, right = _HOW_OF[node.op], node.right
    if isinstance(right, Ref) and right.name and asked in {None, right}:
        return Rule(how, question=right.name)
    is_number = isinstance(right, Literal) and _NUMBER.fullmatch(str(right.value))
    return Rule(how, str(right.value)) if is_number and asked is None else None  # type: ignore[union-attr]


def constraint_of(rules: Sequence[Rule]) -> str | None:
    """The constraint that some lines say, None when there are none."""
    return " and ".join(map(_written, rules)) or None


def _written(rule: Rule) -> str:
    operator = OPERATORS.get(rule.how, "<=")
    if rule.question:
        of = f"${{{rule.question}}}"
        return f"({of} = '' or . {operator} {of})"
    return f". {operator} {rule.number}"


def rules_in_words(text: str | None, names: Mapping[str, str]) -> str:
    """A constraint as people read it, 「60 以下、かつ 問1の答え 以上」; else as it is written."""
    rules = rules_of(text)
    if rules is None:
        return text or ""
    return "、かつ ".join(
        f"{names.get(rule.question, rule.question) + 'の答え' if rule.question else rule.number}"
        f" {RULES[rule.how]}"
        for rule in rules
    )
