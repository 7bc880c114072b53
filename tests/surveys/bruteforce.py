"""A second count, by brute force: written from the rules of analysis, sharing no code with them.

A definition is made here as plain data with its conditions as plain tuples; `expected` counts a
round from these alone. Shares and means are compared as decimals of 60 digits, 四捨五入.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

Condition = tuple[Any, ...]
SCORES = (5, 4, 3, 2, 1)
TYPES = ("scale5", "scale5", "single", "multi", "multi", "number", "matrix", "text", "note")


@dataclass
class Made:
    """A definition as plain data, with the conditions of its questions and pages beside it."""

    data: dict[str, Any]
    questions: list[dict[str, Any]]
    conditions: dict[str, Condition | None]
    page_of: dict[str, int]
    page_conditions: list[Condition | None]


@dataclass
class Person:
    """One response: answers, groups, team, and the questions its version did not have."""

    answers: dict[str, Any]
    groups: dict[str, list[str]]
    team: str
    unasked: frozenset[str] = field(default_factory=frozenset)


# --- making -------------------------------------------------------------------------------------


def make_definition(chance: random.Random) -> Made:
    """Two pages of two to eight questions of every type, branching on one another."""
    count = chance.randint(2, 8)
    cut = chance.randint(1, count)
    questions: list[dict[str, Any]] = []
    conditions: dict[str, Condition | None] = {}
    for index in range(count):
        question = _question(chance, f"q{index}")
        asked_before = [one for one in questions if one["type"] in {*TYPES} - {"note", "matrix"}]
        condition = None
        if asked_before and chance.random() < 0.5:
            condition = _condition(chance, asked_before, 2)
            question["relevant"] = _text(condition)
        conditions[question["name"]] = condition
        questions.append(question)
    pages = [
        {"title": title, "questions": part}
        for title, part in (("一", questions[:cut]), ("二", questions[cut:]))
        if part
    ]
    page_conditions: list[Condition | None] = [None] * len(pages)
    first = [one for one in questions[:cut] if one["type"] in {"scale5", "single", "multi"}]
    if len(pages) == 2 and first and chance.random() < 0.3:
        page_conditions[1] = _condition(chance, first, 1)
        pages[1]["relevant"] = _text(page_conditions[1])
    data = {
        "schema": "companion.survey/1", "id": "random", "version": "1", "title": "乱",
        "audience": "official", "unit": "person", "population": "all", "identity": "identified",
        "window": {"open": "2025-09-01T09:00", "close": "2025-09-19T18:00"}, "pages": pages,
    }  # fmt: skip
    page_of = {one["name"]: int(place >= cut) for place, one in enumerate(questions)}
    return Made(data, questions, conditions, page_of, page_conditions)


def _choices(chance: random.Random, kind: str) -> list[dict[str, Any]]:
    if kind == "scale5":
        listed = [{"name": str(s), "label": str(s), "score": s} for s in SCORES]
        if chance.random() < 0.5:
            listed.append({"name": "unused", "label": "わからない", "missing": "dont_know"})
        return listed
    listed = [{"name": f"c{i}", "label": f"選択肢{i}"} for i in range(chance.randint(1, 6))]
    if kind == "single" and chance.random() < 0.4:
        for score, choice in enumerate(listed, start=1):
            choice["score"] = score
    if len(listed) > 1 and chance.random() < 0.3:
        listed[-1]["missing"] = "refused"
        listed[-1].pop("score", None)
    if len(listed) > 2 and chance.random() < 0.3:
        listed[0]["retired"] = True
    return listed


def _question(chance: random.Random, name: str) -> dict[str, Any]:
    kind = chance.choice(TYPES)
    question: dict[str, Any] = {"name": name, "type": kind, "label": name}
    if kind == "note":
        return question
    question["analysis"] = {"base": chance.choice(["relevant", "relevant", "answered"])}
    if kind in {"scale5", "single", "multi"}:
        question["choices"] = _choices(chance, kind)
        if kind == "single" and "score" in question["choices"][0]:
            question["analysis"]["mean"] = True
    if kind == "matrix":
        question["rows"] = [{"name": f"r{i}", "label": f"行{i}"} for i in range(3)]
        question["cell"] = chance.choice(["single", "multi"])
        question["columns"] = _choices(chance, "scale5")
        question["analysis"]["mean"] = True
    if kind == "number":
        question["analysis"]["bins"] = [0, 5, 10]
    return question


def _condition(chance: random.Random, asked: list[dict[str, Any]], depth: int) -> Condition:
    if depth and chance.random() < 0.4:
        how = chance.choice(["and", "or", "not"])
        parts = [_condition(chance, asked, depth - 1) for _ in range(1 if how == "not" else 2)]
        return (how, *parts)
    one = chance.choice(asked)
    name = one["name"]
    if one["type"] == "multi":
        if chance.random() < 0.3:
            return ("count", name, chance.choice(["<", ">="]), chance.randint(1, 3))
        return ("selected", name, chance.choice(one["choices"])["name"])
    if one["type"] == "number":
        return ("number", name, chance.choice(["<", "<=", ">", ">="]), chance.randint(0, 12))
    if one["type"] == "text":
        return ("=" if chance.random() < 0.5 else "!=", name, "")
    return (chance.choice(["=", "!="]), name, chance.choice(one["choices"])["name"])


def _text(condition: Condition) -> str:
    how, *rest = condition
    if how in {"and", "or"}:
        return f"({_text(rest[0])}) {how} ({_text(rest[1])})"
    if how == "not":
        return f"not({_text(rest[0])})"
    if how == "selected":
        return f"selected(${{{rest[0]}}}, '{rest[1]}')"
    if how == "count":
        return f"count-selected(${{{rest[0]}}}) {rest[1]} {rest[2]}"
    if how == "number":
        return f"${{{rest[0]}}} {rest[1]} {rest[2]}"
    return f"${{{rest[0]}}} {how} '{rest[1]}'"


def make_people(chance: random.Random, made: Made) -> list[Person]:
    """Up to forty responses, with answers to questions that were not asked, and empty ones."""
    people = []
    for _ in range(chance.choice([0, 1, 4, 12, 40])):
        unasked = frozenset(
            one["name"]
            for one in made.questions
            if one["type"] != "note" and chance.random() < 0.03
        )
        answers = {
            one["name"]: _answer(chance, one)
            for one in made.questions
            if one["type"] != "note" and one["name"] not in unasked and chance.random() < 0.85
        }
        fields = [code for code in "abc" if chance.random() < 0.5]
        groups = {"field": fields, "region": [chance.choice("xyz")]}
        people.append(Person(answers, groups, f"t{chance.randint(1, 9)}", unasked))
    return people


def _answer(chance: random.Random, question: dict[str, Any]) -> Any:
    kind = question["type"]
    if chance.random() < 0.1:
        return {"multi": [], "matrix": {}}.get(kind, "")
    codes = [choice["name"] for choice in question.get("choices", question.get("columns", []))]
    if kind == "multi":
        return [code for code in codes if chance.random() < 0.4]
    if kind == "matrix":
        several = question["cell"] == "multi"
        return {
            row["name"]: [c for c in codes if chance.random() < 0.3] if several
            else chance.choice(["", *codes])
            for row in question["rows"]
            if chance.random() < 0.8
        }  # fmt: skip
    if kind == "number":
        return str(Decimal(chance.randint(0, 24)) / 2)
    return chance.choice(["あ", "い"]) if kind == "text" else chance.choice(codes)


# --- counting -----------------------------------------------------------------------------------


def tenths(numerator: Any, denominator: int) -> int | None:
    """The quotient as a whole number, halves up; None of nothing."""
    if not denominator:
        return None
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(numerator) / Decimal(denominator)
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_nothing(value: Any) -> bool:
    if isinstance(value, dict):
        return all(is_nothing(one) for one in value.values())
    return value in (None, "", [])


def asked_of(made: Made, person: Person) -> set[str]:
    """The questions put to a person: of a page that is shown, their own condition true."""
    shown: set[str] = set()
    for question in made.questions:
        name = question["name"]
        conditions = (made.page_conditions[made.page_of[name]], made.conditions[name])
        if all(one is None or _holds(one, person.answers, shown) for one in conditions):
            shown.add(name)
    return shown


def _holds(condition: Condition, answers: dict[str, Any], shown: set[str]) -> bool:
    how, *rest = condition
    if how == "and":
        return _holds(rest[0], answers, shown) and _holds(rest[1], answers, shown)
    if how == "or":
        return _holds(rest[0], answers, shown) or _holds(rest[1], answers, shown)
    if how == "not":
        return not _holds(rest[0], answers, shown)
    value = answers.get(rest[0]) if rest[0] in shown else None
    if how == "selected":
        return rest[1] in (value or [])
    if how == "count":
        return _is(len(value or []), rest[1], rest[2])
    if how == "number":
        return not is_nothing(value) and _is(Decimal(value), rest[1], rest[2])
    return ((value or "") == rest[1]) is (how == "=")


def _is(left: Any, sign: str, right: int) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def expected(
    made: Made, name: str, people: list[Person], invited: int | None = None
) -> dict[str, Any]:
    """Everything that the table of one question must say, matrices line by line."""
    question = next(one for one in made.questions if one["name"] == name)
    surveyed = [one for one in people if name not in one.unasked]
    asked = [one.answers.get(name) for one in surveyed if name in asked_of(made, one)]
    base = {
        "not_surveyed": len(people) - len(surveyed),
        "not_asked": len(surveyed) - len(asked),
    }
    conditional = made.conditions[name] or made.page_conditions[made.page_of[name]]
    everybody = not (conditional or base["not_asked"] or base["not_surveyed"])
    reach = invited if everybody else None
    if question["type"] != "matrix":
        return {**base, **_counted(question, asked, reach, several=question["type"] == "multi")}
    several = question["cell"] == "multi"
    whole = _bases(question, asked)
    parts = {}
    for row in question["rows"]:
        cells = [(one or {}).get(row["name"]) for one in asked]
        parts[row["name"]] = _counted(question, cells, reach, several)
    return {**base, **whole, "parts": parts}


def _bases(question: dict[str, Any], asked: list[Any]) -> dict[str, Any]:
    empty = sum(is_nothing(one) for one in asked)
    answered_only = question["analysis"]["base"] == "answered"
    return {"n": len(asked) - (empty if answered_only else 0), "no_answer": empty}


def _counted(
    question: dict[str, Any], asked: list[Any], reach: int | None, several: bool
) -> dict[str, Any]:
    out = _bases(question, asked)
    n, given = out["n"], [one for one in asked if not is_nothing(one)]
    if question["type"] == "text":
        return out
    if question["type"] == "number":
        return out | _numbers([Decimal(one) for one in given], n)
    listed = question.get("choices", question.get("columns", []))
    ticks = [one if isinstance(one, list) else [one] for one in given]
    counts = {c["name"]: sum(c["name"] in ticked for ticked in ticks) for c in listed}
    shown = [c["name"] for c in listed if not c.get("retired") or counts[c["name"]]]
    out["rows"] = {code: (counts[code], tenths(1000 * counts[code], n)) for code in shown}
    if several:
        total = sum(counts.values())
        out["mt"] = (total, tenths(1000 * total, n))
        out["of_answers"] = {code: tenths(1000 * counts[code], total) for code in shown}
    elif question["type"] in {"scale5", "matrix"} or question["analysis"].get("mean"):
        out |= _scores(listed, counts, n, reach)
    return out


def _numbers(values: list[Decimal], n: int) -> dict[str, Any]:
    low = sum(0 <= value < 5 for value in values)
    high = sum(5 <= value <= 10 for value in values)
    counts = [low, high] + [len(values) - low - high] * (len(values) > low + high)
    out: dict[str, Any] = {"bins": [(count, tenths(1000 * count, n)) for count in counts]}
    out["n_scored"] = len(values)
    if len(values) >= 5:
        out["mean"] = tenths(10 * sum(values), len(values))
        out["median"] = _middle(values)
        out["ends"] = (min(values), max(values))
    return out


def _scores(
    listed: list[dict[str, Any]], counts: dict[str, int], n: int, reach: int | None
) -> dict[str, Any]:
    scored = [c for c in listed if "score" in c and not c.get("missing")]
    values = [Decimal(c["score"]) for c in scored for _ in range(counts[c["name"]])]
    out: dict[str, Any] = {"n_scored": len(values)}
    out["flag"] = "…" if not values else "x" if len(values) < 5 else ""
    if len(values) < 5:
        return out
    out["mean"] = tenths(10 * sum(values), len(values))
    out["median"] = _middle(values)
    steps = sorted(c["score"] for c in scored)
    if steps == [1, 2, 3, 4, 5]:
        by_score = {c["score"]: counts[c["name"]] for c in scored}
        top, bottom = by_score[5] + by_score[4], by_score[2] + by_score[1]
        out["top"] = (top, tenths(1000 * top, n))
        out["bottom"] = (bottom, tenths(1000 * bottom, n))
    if reach is not None:
        outside = sum(counts[c["name"]] for c in listed if c.get("missing"))
        whole = max(reach - outside, len(values))
        silent = whole - len(values)
        low, high = steps[0], steps[-1]
        total = sum(values)
        out["range"] = (
            tenths(10 * (total + low * silent), whole),
            tenths(10 * (total + high * silent), whole),
        )
    return out


def _middle(values: list[Decimal]) -> Decimal:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def groups_of(people: list[Person], banner: str, codes: str) -> Iterator[tuple[str, list[Person]]]:
    """The members of each group; a person may be in several."""
    for code in codes:
        yield code, [one for one in people if code in one.groups[banner]]


def team_mean(made: Made, name: str, people: list[Person]) -> tuple[int | None, int]:
    """Every team counted once."""
    question = next(one for one in made.questions if one["name"] == name)
    score = {c["name"]: c["score"] for c in question["choices"] if "score" in c}
    teams: dict[str, list[int]] = {}
    for one in people:
        if (
            name not in one.unasked
            and name in asked_of(made, one)
            and one.answers.get(name) in score
        ):
            teams.setdefault(one.team, []).append(score[one.answers[name]])
    if not teams:
        return None, 0
    with localcontext() as context:
        context.prec = 60
        means = [Decimal(sum(scores)) / len(scores) for scores in teams.values()]
        exact = 10 * sum(means) / len(means)
        # A third of a third is not finite: what is next to a half is a half.
        near = exact.quantize(Decimal("1e-40"), rounding=ROUND_HALF_UP)
        return int(near.quantize(Decimal(1), rounding=ROUND_HALF_UP)), len(teams)
