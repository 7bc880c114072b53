"""The lines of an editor's form that repeat: choices, rows of a matrix, lines of a condition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.core.text import strip_forbidden
from companion.surveys import draftdata
from companion.surveys.conditionrows import HOW, Line, condition_of, lines_of
from companion.surveys.differences import MISSING
from companion.surveys.draftdata import (
    Data,
    put,
    put_text,
)
from companion.surveys.facts import FACTS
from companion.surveys.rulerows import RULES, Rule, constraint_of, rules_of

BLANK_LINES = 1  # empty lines of a condition offered after those that are filled
MOST_LINES = 20
_SCORE = re.compile(r"-?[0-9]{1,4}")
Fields = Mapping[str, str]


def _text(fields: Fields, name: str) -> str:
    return strip_forbidden(fields.get(name, ""))[:5000]


def write_choices(choices: list[Data], fields: Fields, kind: str) -> list[str]:
    """Put the typed lines of choices into the choices they stand for; what cannot be taken."""
    faults = []
    for i, choice in enumerate(choices):
        if f"choice-{i}-label" not in fields:
            continue
        put_text(choice, "label", _text(fields, f"choice-{i}-label"))
        choice.setdefault("label", "")
        put_text(choice, "short_label", _text(fields, f"choice-{i}-short"))
        missing = fields.get(f"choice-{i}-missing", "")
        put(choice, "missing", missing if missing in MISSING else None)
        for flag in ("exclusive", "other", "retired"):
            put(choice, flag, f"choice-{i}-{flag}" in fields or None)
        score = _text(fields, f"choice-{i}-score").strip()
        if kind == "single" and (not score or _SCORE.fullmatch(score)):
            put(choice, "score", int(score) if score else None)
        elif kind == "single":
            faults.append(f"点数「{score[:20]}」は、半角の整数で入力してください。")
    return faults


def write_rows(rows: list[Data], fields: Fields) -> None:
    """Put the typed lines of a matrix into its rows."""
    for i, row in enumerate(rows):
        if f"row-{i}-label" in fields:
            put_text(row, "label", _text(fields, f"row-{i}-label"))
            row.setdefault("label", "")


def typed_lines(fields: Fields) -> list[Line]:
    """The lines of a condition as they were chosen, empty ones left out."""
    lines = []
    for i in range(MOST_LINES):
        what = _text(fields, f"line-{i}-what")[:130]
        how = fields.get(f"line-{i}-how", "is")
        if what:
            number = _text(fields, f"line-{i}-number").strip()[:30]
            lines.append(Line.chosen(what, how if how in HOW else "is", number))
    return lines


def write_condition(
    target: Data, fields: Fields, lines: list[Line], kinds: Mapping[str, str]
) -> list[str]:
    """Put a chosen condition into a question or section; what cannot be taken.

    One that lines cannot say stays as it is until the person asks for it to be replaced.
    """
    stands = lines_of(target.get("relevant"), kinds)
    if stands is None and "replace-condition" not in fields:
        return []
    faults = [line.fault for line in lines if line.fault]
    facts = {f"@{key}" for key in FACTS}
    known = [line for line in lines if line.question in {*kinds, *facts}]
    joiner = fields.get("joiner", "and")
    if not faults and (stands is None or (joiner, known) != stands):
        put(target, "relevant", condition_of(joiner, known, kinds))
    return faults


def typed_rules(fields: Fields) -> list[Rule]:
    """The lines of a rule for an answer as they were chosen, empty ones left out."""
    rules = []
    for i in range(MOST_LINES):
        what = _text(fields, f"rule-{i}-what")[:61]
        how = fields.get(f"rule-{i}-how", "le")
        how = how if how in RULES else "le"
        if what == "#":
            rules.append(Rule(how, number=_text(fields, f"rule-{i}-number").strip()[:30]))
        elif what:
            rules.append(Rule(how, question=what))
    return rules


def write_rules(question: Data, fields: Fields, rules: list[Rule], earlier: set[str]) -> list[str]:
    """Put a chosen rule into a question; what cannot be taken.

    One that lines cannot say stays as it is until the person asks for it to be replaced.
    """
    stands = rules_of(question.get("constraint"))
    if stands is None and "replace-rule" not in fields:
        return []
    rules = [rule for rule in rules if not rule.question or rule.question in earlier]
    faults = [rule.fault for rule in rules if rule.fault]
    if not faults and rules != stands:
        put(question, "constraint", constraint_of(rules))
    return faults


@dataclass(frozen=True)
class Builder:
    """What the selects of a condition show: groups of (value, label), and the lines chosen."""

    groups: list[tuple[str, list[tuple[str, str]]]]
    lines: list[Line]
    joiner: str
    text: str | None  # a condition that the lines cannot say

    @property
    def known(self) -> set[str]:
        """Every value that can be chosen."""
        return {value for _, options in self.groups for value, _ in options}

    @property
    def has_numbers(self) -> bool:
        """True when a line may compare with a number."""
        return any(value.endswith("#") for value in self.known) or any(
            line.number is not None for line in self.lines
        )


def builder(
    data: Data, before: int, target: Data, typed: tuple[str, list[Line]] | None = None
) -> Builder:
    """The selects for a question or section that comes after `before` questions."""
    kinds, names = draftdata.kinds_by_name(data), draftdata.spoken_names(data)
    groups = []
    for _, _, question in draftdata.questions_in(data)[:before]:
        name, kind = str(question.get("name")), question.get("type")
        if kind == "note":
            continue
        options: list[tuple[str, str]] = [
            (f"{name}={choice.get('name')}", _short(names.get(f"{name}={choice.get('name')}", "")))
            for choice in (draftdata.choices_of(data, question) if kind != "matrix" else [])
        ]
        if kind == "number":
            options.append((f"{name}#", "答えの数（数の欄に書く）"))
        options.append((name, "何か回答している"))
        about = _short(draftdata.text_of(question.get("short_label") or question.get("label")))
        groups.append((f"{names.get(name, '')}　{about}", options))
    if data.get("identity") == "identified":
        groups += [
            (
                f"回答する人　{fact.label}",
                [(f"@{key}={value}", label) for value, label in fact.values.items()],
            )
            for key, fact in FACTS.items()
        ]
    stands = lines_of(target.get("relevant"), kinds)
    joiner, lines = typed if typed is not None else stands or ("and", [])
    return Builder(groups, lines, joiner, target.get("relevant") if stands is None else None)


def _short(text: Any) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
