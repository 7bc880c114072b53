"""Conditions: what holds, what does not, and what is not of the grammar."""

from __future__ import annotations

from typing import Any

import pytest

from companion.surveys.expression import ExpressionFault, evaluate, parse_expression, references

ANSWERS: dict[str, Any] = {
    "a": "5",
    "m": ["x", "y"],
    "h": "16.5",
    "none": "",
    "nobody": [],
    "grid": {"r1": "5"},
}

TRUTHS = [
    ("${a} = '5'", True),
    ("${a} = 5", True),
    ("${a} != 5", False),
    ("${none} = ''", True),
    ("${missing} = ''", True),
    ("${missing} != ''", False),
    ("${nobody} = ''", True),
    ("${none} < 5", False),
    ("${none} >= 0", False),
    ("${none} != 5", True),
    ("${h} > 16", True),
    ("${h} <= 16.5", True),
    ("${h} = 16.50", True),
    ("${h} = '16.50'", False),
    ("-1 < 0", True),
    ("'b' < 'c'", False),
    ("selected(${m}, 'x')", True),
    ("selected(${m}, 'z')", False),
    ("selected(${a}, '5')", True),
    ("selected(${missing}, '5')", False),
    ("count-selected(${m}) = 2", True),
    ("count-selected(${nobody}) = 0", True),
    ("count-selected(${none}) = 0", True),
    ("${a}", True),
    ("${none}", False),
    ("${grid} != ''", True),
    ("not(${a} = '5')", False),
    ("not(${a} = '4') and ${a} = '5'", True),
    ("${a} = '4' or ${a} = '5' and ${none} = ''", True),
    ("(${a} = '5' or ${a} = '4') and ${none} != ''", False),
    ("attr('team.kind') = 'field'", True),
    ("attr('team.none') = ''", True),
    (". <= 160", True),
    (". = 7", True),
    ("selected(., '7')", True),
]


@pytest.mark.parametrize(("text", "holds"), TRUTHS)
def test_truth(text: str, holds: bool) -> None:
    assert evaluate(parse_expression(text), ANSWERS, "7", {"team.kind": "field"}) is holds


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "${a", "${A} = 1", "${a} = ", "= 5", "${a} == 5", "${a} = 5 6", "(${a} = 5",
        "selected(${a})", "selected('a', 'b')", "selected(${a}, b)", "attr(team)", "eval('1')",
        "__import__('os')", "${a} = \"5\"", "not ${a}", "1.2.3 = 1", "5x = 5", "a" * 2000,
        "(" * 60 + "1" + ")" * 60, "${a} = 5 or", "and",
    ],
)  # fmt: skip
def test_what_is_not_an_expression_is_refused_in_japanese(text: str) -> None:
    with pytest.raises(ExpressionFault, match="式"):
        parse_expression(text)


def test_references_are_named_once_in_order() -> None:
    tree = parse_expression("selected(${b}, 'x') or not(${a} = ${b}) and count-selected(${c}) > 1")
    assert references(tree) == ["b", "a", "c"]
