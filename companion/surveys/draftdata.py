"""The plain data of a definition being edited: finding, naming and writing its parts.

The data is what the YAML says, key by key, finished or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from companion.surveys.facts import fact_names
from companion.surveys.parts import SCALE5

Data = dict[str, Any]


def questions_in(data: Data) -> list[tuple[int, int, Data]]:
    """Every question with the place of its section and its place there."""
    return [
        (p, q, question)
        for p, page in enumerate(data.get("pages") or [])
        for q, question in enumerate(page.get("questions") or [])
    ]


def question_at(data: Data, number: int) -> tuple[int, int, Data]:
    """A question by its place in the whole questionnaire, from 1. Raises IndexError."""
    if number < 1:
        raise IndexError(number)
    return questions_in(data)[number - 1]


def number_of(data: Data, name: str) -> int:
    """The place from 1 of a question, 1 when there is none of that name."""
    names = [question.get("name") for _, _, question in questions_in(data)]
    return names.index(name) + 1 if name in names else 1


def listed(question: Data) -> str | None:
    """The field that holds a question's choices: `columns` of a matrix; None without choices."""
    kind = question.get("type")
    if kind == "matrix":
        return "columns"
    return "choices" if kind in {"scale5", "single", "multi"} else None


def choices_of(data: Data, question: Data) -> list[Data]:
    """The choices of a question, where they stand; built-in ones are written out first."""
    key = listed(question)
    if key is None:
        return []
    source = question.get(key)
    if source is None and question.get("type") == "scale5":
        source = [choice.model_dump(exclude_defaults=True) for choice in SCALE5]
        question[key] = source
    if isinstance(source, str):
        found = data.get("choices", {}).get(source)
        return found if isinstance(found, list) else []
    return source if isinstance(source, list) else []


def sharing(data: Data, question: Data) -> list[Data]:
    """The other questions that use the same list of choices."""
    source = question.get(listed(question) or "")
    if not isinstance(source, str):
        return []
    return [
        other
        for _, _, other in questions_in(data)
        if other is not question and other.get(listed(other) or "") == source
    ]


def put(target: Data, key: str, value: Any, *, default: Any = None) -> None:
    """Write a value, or nothing where it says what is so anyway."""
    if value in (None, "") or value == default:
        target.pop(key, None)
    else:
        target[key] = value


def next_version(version: str) -> str:
    """The version after one: the last number grows."""
    parts = version.split(".")
    if len(parts) == 1 or not all(re.fullmatch("[0-9]+", part) for part in parts):
        return f"{version}.1"
    return ".".join([*parts[:-1], str(int(parts[-1]) + 1)])


def kinds_by_name(data: Data) -> Mapping[str, str]:
    """The kind of every question."""
    return {str(q.get("name")): str(q.get("type")) for _, _, q in questions_in(data)}


def numbers_in(data: Data) -> dict[str, str]:
    """The number printed before each question: its own, or its place; notes have none."""
    asked = [question for _, _, question in questions_in(data) if question.get("type") != "note"]
    return {str(q.get("name")): str(q.get("number") or i) for i, q in enumerate(asked, start=1)}


def spoken_names(data: Data) -> dict[str, str]:
    """What conditions speak of: 「問1」 by question, the label of a choice by `question=code`."""
    names = {name: f"問{number}" for name, number in numbers_in(data).items()}
    for _, _, question in questions_in(data):
        for choice in choices_of(data, question):
            label = text_of(choice.get("short_label")) or text_of(choice.get("label"))
            names[f"{question.get('name')}={choice.get('name')}"] = label
    return names | fact_names()


def text_of(value: Any) -> str:
    """A text that may be given in two languages, in Japanese."""
    return str(value.get("ja", "") if isinstance(value, dict) else "" if value is None else value)


def put_text(target: Data, key: str, text: str | None) -> None:
    """Write a text; what is there in English stays."""
    text = (text or "").replace("\r\n", "\n").strip()
    if isinstance(target.get(key), dict) and text:
        target[key] = {**target[key], "ja": text}
    else:
        put(target, key, text)
