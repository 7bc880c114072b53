"""Makers of definitions and answer sets for the tests of surveys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from companion.surveys.definition import SurveyDefinition, load, parse

FOLDER = Path(__file__).resolve().parents[2] / "surveys"

# The twelve reasons of the first period: counts of 125 officials, in the questionnaire's order.
REASON_COUNTS = {
    "field": 116,
    "diverse": 77,
    "insight": 57,
    "valued": 36,
    "expertise": 28,
    "worktime": 16,
    "burden": 12,
    "no_expert": 8,
    "team_hard": 6,
    "unrelated": 4,
    "not_valued": 2,
    "no_field": 2,
}

HEAD = """\
schema: companion.survey/1
id: sample
version: "1.0"
title: 見本
audience: official
unit: person
population: everyone
identity: identified
min_base: {min_base}
window: {{open: "2025-09-01T09:00", close: "2025-09-19T18:00"}}
"""


def official_eval() -> SurveyDefinition:
    """The officials' survey as it stands in the repository."""
    return load(FOLDER / "official_eval.yaml")


def municipality_eval() -> SurveyDefinition:
    """The municipalities' survey as it stands in the repository."""
    return load(FOLDER / "municipality_eval.yaml")


def small(questions: str, *, min_base: int = 5, extra: str = "") -> SurveyDefinition:
    """A survey of one page with the given questions, as YAML list items without indent."""
    return parse(small_text(questions, min_base=min_base, extra=extra), "sample.yaml")


def small_text(questions: str, *, min_base: int = 5, extra: str = "") -> str:
    """The YAML text of `small`."""
    lines = "".join(f"    {line}\n" for line in questions.strip("\n").splitlines())
    head = HEAD.format(min_base=min_base)
    return f"{head}{extra}pages:\n- title: 一\n  questions:\n{lines}"


def scores(total: int, n: int) -> list[int]:
    """`n` scores from 1 to 5 whose sum is `total`, as equal as they can be."""
    low, more = divmod(total, n)
    assert low >= 1
    assert total <= 5 * n
    return [low + 1] * more + [low] * (n - more)


def official_sets(score_sum: int = 538, unused: int = 38) -> list[dict[str, Any]]:
    """125 answer sets with the published counts of reasons and the given sum of scores."""
    sets: list[dict[str, Any]] = []
    values = scores(score_sum, 125)
    for index in range(125):
        reasons = [code for code, count in REASON_COUNTS.items() if index < count]
        if not reasons:  # every one named at least one reason
            reasons = ["diverse"]
        sets.append({"overall": str(values[index]), "reasons": reasons})
    # Nine people lie beyond the first 116; they take over ticks of those with the most.
    for index in range(116, 125):
        sets[index - 116]["reasons"].remove("diverse")
    for index, answers in enumerate(sets):
        answers["backoffice"] = "unused" if index < unused else str(3 + index % 3)
    return sets


def municipality_sets(score_sum: int = 262) -> list[dict[str, Any]]:
    """57 answer sets with the given sum of scores."""
    sets: list[dict[str, Any]] = []
    for index, score in enumerate(scores(score_sum, 57)):
        answers: dict[str, Any] = {"overall": str(score), "cont": "need"}
        if index % 10 == 9:
            answers["cont"] = "dk" if index % 20 == 9 else "not_need"
        else:
            answers["cont_years"] = ("y1", "y2", "y2", "y3", "y4")[index % 5]
        sets.append(answers)
    return sets


def column(name: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Answer sets with one question; None leaves it empty."""
    return [{} if value is None else {name: value} for value in values]
