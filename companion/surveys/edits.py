"""What can be done to a definition that is being edited: plain data in, the same data changed.

The data is what the YAML says, key by key, finished or not. Sections and questions are named by
their place from 0; codes and names once given are kept, so that answers stay readable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from companion.surveys.draftdata import Data, choices_of, listed, questions_in

KINDS = {
    "scale5": "5段階",
    "single": "1つ選ぶ",
    "multi": "いくつでも選ぶ",
    "text": "文章",
    "number": "数",
    "matrix": "表（行ごとに選ぶ）",
    "note": "説明文（回答なし）",
}


AUDIENCES = {
    "municipality": ("organisation", "cohort_municipalities"),
    "official": ("person", "cohort_officials"),
}


def empty_survey(audience: str, today: dt.date) -> Data:
    """A survey with one question to write, open for two weeks from next week."""
    unit, population = AUDIENCES[audience]
    data: Data = {
        "schema": "companion.survey/1",
        "id": "",
        "version": "",
        "title": "",
        "audience": audience,
        "unit": unit,
        "population": population,
        "identity": "identified",
        "window": {
            "open": f"{today + dt.timedelta(days=7)}T09:00",
            "close": f"{today + dt.timedelta(days=21)}T18:00",
        },
        "edit_after_submit": "until_close",
        "channels": ["web", "excel"],
        "pages": [],
    }
    add_page(data)
    return data


def fresh(stem: str, taken: Iterable[str]) -> str:
    """The first of stem1, stem2, … that is not taken."""
    known = set(taken)
    number = 1
    while f"{stem}{number}" in known:
        number += 1
    return f"{stem}{number}"


def add_page(data: Data) -> int:
    """A section at the end with one question to write; its place."""
    pages = data.setdefault("pages", [])
    pages.append({"title": f"{len(pages) + 1}ページ目", "questions": []})
    add_question(data, len(pages) - 1, "single")
    return len(pages) - 1


def drop_page(data: Data, p: int) -> None:
    """Remove a section with its questions."""
    for question in list(data["pages"][p].get("questions") or []):
        _forget(data, question.get("name", ""))
    del data["pages"][p]
    _drop_unused_lists(data)


def move_page(data: Data, p: int, step: int) -> None:
    """Move a section up (-1) or down (+1); at the end it stays."""
    _swap(data["pages"], p, p + step)


def add_question(data: Data, p: int, kind: str) -> str:
    """A question of a kind at the end of a section, with what that kind needs; its name."""
    names = [str(question.get("name")) for _, _, question in questions_in(data)]
    name = fresh("q", names)
    question: Data = {"name": name, "type": kind, "label": "（質問文を書いてください）"}
    two = [{"name": "c1", "label": "（選択肢1）"}, {"name": "c2", "label": "（選択肢2）"}]
    if kind in {"single", "multi"}:
        question["choices"] = two
    elif kind == "matrix":
        question["rows"] = [{"name": "r1", "label": "（行1）"}, {"name": "r2", "label": "（行2）"}]
        question["columns"] = two
    elif kind == "text" and data.get("identity") == "anonymous":
        question["pii_hint"] = True
    data["pages"][p].setdefault("questions", []).append(question)
    return name


def drop_question(data: Data, p: int, q: int) -> None:
    """Remove a question, and name it no longer in tables; conditions on it are for a person."""
    question = data["pages"][p]["questions"].pop(q)
    _forget(data, question.get("name", ""))
    _drop_unused_lists(data)


def move_question(data: Data, p: int, q: int, step: int) -> None:
    """Move a question up (-1) or down (+1), over the edge of its section into the next one."""
    pages = data["pages"]
    questions = pages[p]["questions"]
    if 0 <= q + step < len(questions):
        _swap(questions, q, q + step)
    elif 0 <= p + step < len(pages):
        there = pages[p + step].setdefault("questions", [])
        there.insert(len(there) if step < 0 else 0, questions.pop(q))


def number_by_place(data: Data) -> None:
    """Let the questions be numbered by their place again."""
    for _, _, question in questions_in(data):
        question.pop("number", None)


def own_list(data: Data, question: Data) -> None:
    """Give a question a copy of the list it shares."""
    key = listed(question)
    if key is not None and isinstance(question.get(key), str):
        question[key] = [dict(choice) for choice in choices_of(data, question)]
        _drop_unused_lists(data)


def add_choice(data: Data, question: Data) -> None:
    """One more choice at the end; on a five-step scale one that is not data."""
    choices = choices_of(data, question)
    choice: Data = {"name": fresh("c", [str(c.get("name")) for c in choices])}
    choice["label"] = f"（選択肢{len(choices) + 1}）"
    if question.get("type") == "scale5":
        choice |= {"label": "わからない", "missing": "dont_know"}
    choices.append(choice)


def add_row(question: Data) -> None:
    """One more line of a matrix."""
    rows = question.setdefault("rows", [])
    name = fresh("r", [str(row.get("name")) for row in rows])
    rows.append({"name": name, "label": f"（行{len(rows) + 1}）"})


def move(items: list[Data], index: int, step: int) -> None:
    """Move a choice or a line up (-1) or down (+1)."""
    _swap(items, index, index + step)


def _swap(items: list[Any], one: int, other: int) -> None:
    if 0 <= one < len(items) and 0 <= other < len(items):
        items[one], items[other] = items[other], items[one]


def _forget(data: Data, name: str) -> None:
    """Take a question out of the cross tables and the tables of the workbook."""
    for cross in list(data.get("crosstabs") or []):
        cross["of"] = [other for other in cross.get("of", []) if other != name]
        if not cross["of"]:
            data["crosstabs"].remove(cross)
    tables = (data.get("export") or {}).get("tables") or []
    for table in list(tables):
        of = table.get("of")
        left = [other for other in ([of] if isinstance(of, str) else of or []) if other != name]
        if not left:
            tables.remove(table)
        elif isinstance(of, list):
            table["of"] = left


def _drop_unused_lists(data: Data) -> None:
    lists = data.get("choices") or {}
    used = {
        q.get(listed(q) or "")
        for _, _, q in questions_in(data)
        if isinstance(q.get(listed(q) or ""), str)
    }
    for name in set(lists) - used:
        del lists[name]
    if "choices" in data and not lists:
        del data["choices"]
