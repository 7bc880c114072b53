"""A question to the matcher as plain JSON data and back: what a frozen copy is kept as."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, TypeVar

from companion.matching.problem import Challenge, Mode, Official, Problem, Rules, Weights

T = TypeVar("T")


def _tuples(value: Any) -> Any:
    """JSON has lists only: the data classes hold tuples."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _built(kind: type[T], data: dict[str, Any]) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _tuples(value) for name, value in data.items() if name in known})


def applicants(problem: Problem) -> dict[str, Any]:
    """Challenges, officials and regions: the data of a question, without rules and weights."""
    data = asdict(problem)
    return {name: data[name] for name in ("challenges", "officials", "regions", "names")}


def problem_from(data: dict[str, Any], *, rules: Rules, weights: Weights) -> Problem:
    """The question again, asked with these rules and weights."""
    return Problem(
        tuple(_built(Challenge, row) for row in data["challenges"]),
        tuple(_built(Official, row) for row in data["officials"]),
        rules=rules,
        weights=weights,
        regions=data["regions"],
        names=data["names"],
    )


def weights_from(data: dict[str, Any]) -> Weights:
    """Weights as they were kept; what was not kept has its starting value."""
    return _built(Weights, data)


def rules_from(data: dict[str, Any]) -> Rules:
    """Rules as they were kept."""
    return _built(Rules, data | {"mode": Mode(data.get("mode", Mode.TOTAL))})
