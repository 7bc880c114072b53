"""Answers to an earlier version read, pooled and carried into a later one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from companion.surveys.answers import CONSENT, OTHER
from companion.surveys.answervalues import clean_value, is_empty
from companion.surveys.schema import Question, SurveyDefinition


def unasked(old: SurveyDefinition, new: SurveyDefinition) -> frozenset[str]:
    """Questions of the new version that answers to the old one were never asked."""
    known = {new.compat.rename.get(name, name) for name in old.by_name}
    return frozenset(name for name in new.by_name if name not in known)


def read_as(new: SurveyDefinition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to an older version under the names of the new one, for counting them together.

    Questions are renamed and collapsed choices put together as `compat` says; nothing is left
    out, and the stored answers themselves are never changed.
    """
    out: dict[str, Any] = {}
    for key, value in answers.items():
        name, suffix = _new_name(new, key)
        question = new.by_name.get(name)
        known = {choice.name for choice in question.choice_list(new)} if question else set()
        # A number or a text may look like a code: only choices are put together.
        is_plain = bool(suffix) or not known
        out[name + suffix] = value if is_plain else _collapsed(value, new.compat.collapse, known)
    return out


def carry_draft(
    old: SurveyDefinition, new: SurveyDefinition, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """A draft moved to a new version, and the old questions that lose what was typed.

    An empty list means that nothing is lost; otherwise the respondent is asked first.
    """
    moved = read_as(new, answers)
    kept: dict[str, Any] = {}
    lost: list[str] = []
    for key, value in answers.items():
        if is_empty(value):
            continue
        name, suffix = _new_name(new, key)
        question = new.by_name.get(name)
        if question is not None and (suffix or _fits(new, question, moved[name])):
            kept[name + suffix] = moved[name + suffix]
        else:
            base, _ = _apart(key)
            lost.append(old.by_name[base].short if base in old.by_name else base)
    return kept, list(dict.fromkeys(lost))


def _fits(new: SurveyDefinition, question: Question, value: Any) -> bool:
    """Whether a value is still a right answer of a question, looked at alone."""
    offered = [choice for choice in question.choice_list(new) if not choice.retired]
    cleaned, refusals = clean_value(question, offered, "", value)
    return not refusals and not is_empty(cleaned)


def _apart(key: str) -> tuple[str, str]:
    for suffix in (OTHER, CONSENT):
        if key.endswith(suffix):
            return key.removesuffix(suffix), suffix
    return key, ""


def _new_name(new: SurveyDefinition, key: str) -> tuple[str, str]:
    base, suffix = _apart(key)
    return new.compat.rename.get(base, base), suffix


def _collapsed(value: Any, collapse: Mapping[str, str], known: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {row: _collapsed(cell, collapse, known) for row, cell in value.items()}
    if isinstance(value, list):
        return list(dict.fromkeys(_collapsed(code, collapse, known) for code in value))
    return collapse[value] if value in collapse and value not in known else value
