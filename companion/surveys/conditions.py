"""Whether a condition can go either way: tried on every answer that could make a difference."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any

from companion.surveys.answervalues import is_empty
from companion.surveys.expression import (
    Attr,
    Literal,
    Node,
    Ref,
    Selected,
    as_number,
    evaluate,
    parse_expression,
    references,
    walk,
)
from companion.surveys.schema import Matrix, Multi, Number, Question, SurveyDefinition

_MOST_TRIED = 20_000
_SUBSETS_OF = 6  # all subsets of so many codes are tried


def always(defn: SurveyDefinition, text: str, question: Question | None = None) -> bool | None:
    """True or False when the condition comes out so for every answer; None when it depends.

    `question` is the one the condition stands at, for `.`. A condition with more combinations
    than can be tried is taken to depend.
    """
    tree = parse_expression(text)
    names = references(tree)
    keys = list(dict.fromkeys(node.key for node in walk(tree) if isinstance(node, Attr)))
    own = [question] if question is not None and Ref(None) in list(walk(tree)) else []
    spaces = [_answers(defn, defn.by_name[name], tree) for name in names]
    # A rule is asked only of an answer that was given.
    spaces += [[v for v in _answers(defn, one, tree) if not is_empty(v)] for one in own]
    spaces += [["", *_words(tree), "\0"] for _ in keys]
    results: set[bool] = set()
    for tried, values in enumerate(islice(product(*spaces), _MOST_TRIED + 1), start=1):
        answers = dict(zip(names, values, strict=False))
        rest = values[len(names) :]
        this = rest[0] if own else None
        attrs = dict(zip(keys, rest[len(own) :], strict=True))
        results.add(evaluate(tree, answers, this, attrs))
        if len(results) == 2 or tried > _MOST_TRIED:
            return None
    return results.pop()


def _words(tree: Node) -> list[str]:
    """Texts the tree compares with."""
    found = [n.value for n in walk(tree) if isinstance(n, Literal) and isinstance(n.value, str)]
    return list(dict.fromkeys(found))


def _numbers(tree: Node) -> list[str]:
    """Numbers the tree compares with, and their neighbours."""
    found: set[Decimal] = {Decimal(0)}
    for node in walk(tree):
        if isinstance(node, Literal):
            value = as_number(node.value)
            if value is not None:
                found |= {value - 1, value, value + 1}
    return [str(value) for value in sorted(found)]


def _answers(defn: SurveyDefinition, question: Question, tree: Node) -> list[Any]:
    """Answers of a question that could make a difference to a condition."""
    codes = [choice.name for choice in question.choice_list(defn)]
    if isinstance(question, Multi):
        named = {node.code for node in walk(tree) if isinstance(node, Selected)} | set(_words(tree))
        first = [code for code in codes if code in named]
        picked = (first + [code for code in codes if code not in named])[:_SUBSETS_OF]
        sizes = range(len(picked) + 1)
        subsets: list[Any] = [list(some) for size in sizes for some in combinations(picked, size)]
        return [*subsets, codes]
    if isinstance(question, Matrix):
        return [None, {question.rows[0].name: codes[0] if codes else "x"}]
    if isinstance(question, Number):
        return ["", *_numbers(tree)]
    if codes:
        return ["", *codes]
    return ["", "\0", *_words(tree), *_numbers(tree)]
