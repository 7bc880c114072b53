"""Where each finding about a definition belongs: beside a question, a section, or the whole."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from companion.surveys.draftdata import (
    Data,
    listed,
    questions_in,
)
from companion.surveys.faults import Fault
from companion.surveys.source import Path, Source

# The linter names the keys of the file; on the screens the same things have other names.
_ON_SCREEN = (
    ("「label」", "「質問文や選択肢の文」"),
    ("「title」", "「題名や見出し」"),
    ("「questions」", "「設問」"),
    ("「pages」", "「ページ」"),
    ("「window」", "「期間」"),
    ("（score）", ""),
    ("（missing）", ""),
    ("（min_selected）", ""),
    ("（max_selected）", ""),
    ("（すべて retired）", "（すべて廃止）"),
    ("（min）", ""),
    ("（max）", ""),
    ("（step）", ""),
    ("short_label を付けてください", "「短い名前」を付けてください"),
    ("（pii_hint: true）", "（個人名などを書かないよう注意を示す）"),
    ("（note）", ""),
    ("（paper）", ""),
    ("constraint には、", "「回答の条件」には、"),
    ("constraint_message", "「条件に合わないときの文」"),
    (
        "クロス集計できるのは scale5、single、multi、number の質問です。",
        "この設問はクロス集計できません。",
    ),
)


@dataclass
class Placed:
    """Findings by question (its place from 1), by section (from 0), and the rest.

    Those of `whole` stand in `parts` too, by the key of the survey they are about.
    """

    questions: dict[int, list[Fault]] = field(default_factory=dict)
    pages: dict[int, list[Fault]] = field(default_factory=dict)
    whole: list[Fault] = field(default_factory=list)
    parts: dict[str, list[Fault]] = field(default_factory=dict)

    def about(self, *keys: str) -> list[Fault]:
        """What is found about some keys of the survey."""
        return [fault for key in keys for fault in self.parts.get(key, [])]


def placed(source: Source, faults: Iterable[Fault]) -> Placed:
    """The findings put where they belong; those about a shared list at each of its questions."""
    # The deepest place of a line comes last.
    lines = sorted(source.lines.items(), key=lambda item: (item[1], len(item[0])))
    starts = [line for _, line in lines]
    data: Data = source.data
    numbers = {(p, q): i for i, (p, q, _) in enumerate(questions_in(data), start=1)}
    by_name = {
        str(question.get("name")): i for i, (_, _, question) in enumerate(questions_in(data), 1)
    }
    found = Placed()
    for fault in map(in_screen_words, faults):
        if fault.question in by_name:
            found.questions.setdefault(by_name[fault.question], []).append(fault)
            continue
        index = bisect_right(starts, fault.line) - 1
        path: Path = lines[index][0] if index >= 0 else ()
        if path[:1] == ("pages",) and len(path) > 3 and path[2] == "questions":
            number = numbers.get((int(path[1]), int(path[3])), 1)
            found.questions.setdefault(number, []).append(fault)
        elif path[:1] == ("pages",) and len(path) > 1:
            found.pages.setdefault(int(path[1]), []).append(fault)
        elif path[:1] == ("choices",) and len(path) > 1:
            for number in _users(data, str(path[1])) or [0]:
                found.questions.setdefault(number, []).append(fault)
        else:
            found.whole.append(fault)
            found.parts.setdefault(str(path[0]) if path else "", []).append(fault)
    found.whole += found.questions.pop(0, [])
    return found


def in_screen_words(fault: Fault) -> Fault:
    """A finding in the words of the screens."""
    message = fault.message
    for key, words in _ON_SCREEN:
        message = message.replace(key, words)
    return replace(fault, message=message)


def _users(data: Data, name: str) -> list[int]:
    return [
        number
        for number, (_, _, question) in enumerate(questions_in(data), start=1)
        if question.get(listed(question) or "") == name
    ]
