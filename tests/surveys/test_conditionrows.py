"""Conditions as lines of selects, and back to text."""

from __future__ import annotations

import pytest

from companion.surveys.conditionrows import Line, condition_of, in_words, lines_of
from companion.surveys.expression import parse_expression
from companion.surveys.facts import fact_names

KINDS = {"a": "single", "m": "multi", "n": "number", "t": "text"}
NAMES = fact_names() | {"a": "問1", "m": "問2", "n": "問3", "t": "問4", "a=x": "はい", "m=y": "雨"}


@pytest.mark.parametrize(
    ("text", "lines", "words"),
    [
        ("${a} = 'x'", [Line("a", "x")], "問1が「はい」"),
        ("${a} != 'x'", [Line("a", "x", "isnt")], "問1が「はい」以外"),
        ("${a} != ''", [Line("a")], "問1が回答あり"),
        ("${t} = ''", [Line("t", how="isnt")], "問4が未回答"),
        ("selected(${m}, 'y')", [Line("m", "y")], "問2が「雨」"),
        ("not(selected(${m}, 'y'))", [Line("m", "y", "isnt")], "問2が「雨」以外"),
        (
            "attr('municipality.kind') != '町'",
            [Line("@municipality.kind", "町", "isnt")],
            "回答する人の団体の種類が「町」以外",
        ),
        ("${n} >= 2.5", [Line("n", how="ge", number="2.5")], "問3が2.5以上"),
        (
            "${n} > 3 and ${a} = 'x'",
            [Line("n", how="gt", number="3"), Line("a", "x")],
            "問3が3より大きい、かつ問1が「はい」",
        ),
    ],
)
def test_lines_say_what_the_text_says(text: str, lines: list[Line], words: str) -> None:
    assert lines_of(text, KINDS) == ("and", lines)
    assert condition_of("and", lines, KINDS) == text
    assert in_words(text, KINDS, NAMES) == words
    parse_expression(condition_of("or", lines * 2, KINDS) or "")
    for line in lines:
        assert Line.chosen(line.what, line.how, line.number or "") == line


@pytest.mark.parametrize(
    "text",
    [
        "attr('municipality.kind') < '町'",
        "(${a} = 'x' or ${a} = 'z') and ${n} > 3",
        "count-selected(${m}) > 2",
        "not(${a} = 'x')",
        "${n} = ${a}",
        "not a condition",
    ],
)
def test_what_lines_cannot_say_is_left_alone(text: str) -> None:
    assert lines_of(text, KINDS) is None
    assert in_words(text, KINDS, NAMES) == text


def test_a_number_that_is_none_is_told() -> None:
    assert Line.chosen("n#", "lt", "五").fault
    assert not Line.chosen("n#", "lt", "-5").fault
