"""Drafting a report from what is recorded, and comparing a text with a newer draft. Pure.

Nothing is written that is not in the logs, the actions, the indicators or the theme; figures stand
beside each other with no claim that one causes the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companion.core.html import jdate
from companion.teamreports.terms import Section

NO_CAUSE = "（値の移り変わりであり、活動との因果関係を示すものではありません。）"


@dataclass(frozen=True)
class Held:
    """What took place on a day, as logged."""

    day: dt.date
    kind: str
    title: str
    decisions: str = ""
    office_change: str = ""


@dataclass(frozen=True)
class Owed:
    """A next action that is not settled."""

    text: str
    owner: str
    due_on: dt.date | None
    state: str


@dataclass(frozen=True)
class Ahead:
    """What is planned."""

    day: dt.date
    kind: str
    title: str


@dataclass(frozen=True)
class Measured:
    """An indicator: from where to where by when, and its values in order of days."""

    name: str
    unit: str
    baseline: tuple[dt.date, Decimal]
    target: tuple[dt.date, Decimal]
    values: Sequence[tuple[dt.date, Decimal]]
    source: str


@dataclass(frozen=True)
class Sources:
    """Everything a draft is made from."""

    theme: str
    challenge: str
    held: Sequence[Held] = ()
    owed: Sequence[Owed] = ()
    ahead: Sequence[Ahead] = ()
    measured: Sequence[Measured] = ()


def short(day: dt.date) -> str:
    """「R7.9.10（水）」."""
    return jdate(day, "short")


def plain(day: dt.date) -> str:
    """「R7.9.10」, inside brackets, where those of the weekday would be too many."""
    return short(day).partition("（")[0]


def figure(value: Decimal) -> str:
    """Thousands apart, no zeros behind the point: 1200.50 → 「1,200.5」."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def compose(sources: Sources) -> dict[Section, str]:
    """A draft of every section; a section of which nothing is recorded is empty."""
    theme = [sources.theme] if sources.theme else []
    return {
        Section.THEME: "\n".join([*theme, f"応募時の課題：{sources.challenge}"]),
        Section.COURSE: "\n".join(
            f"・{short(row.day)}　{row.kind}：{row.title}" for row in sources.held
        ),
        Section.DECISIONS: "\n".join(
            f"・{short(row.day)}　{line}" for row in sources.held for line in _lines(row.decisions)
        ),
        Section.OUTCOME: "\n".join(_outcome(sources)),
        Section.REMAINING: "\n".join(_remaining(sources)),
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _outcome(sources: Sources) -> list[str]:
    found = []
    for row in sources.measured:
        points = [row.baseline, *row.values]
        course = " → ".join(f"{figure(value)}{row.unit}（{plain(day)}）" for day, value in points)
        goal_day, goal = row.target
        found.append(
            f"・{row.name}：{course}。目標は{figure(goal)}{row.unit}（{plain(goal_day)}）。"
            f"出典：{row.source}"
        )
    if found:
        found.append(NO_CAUSE)
    found += [
        f"・庁内の変化（{plain(row.day)}）：{line}"
        for row in sources.held
        for line in _lines(row.office_change)
    ]
    return found


def _remaining(sources: Sources) -> list[str]:
    owed = [
        f"・{row.text}（{row.owner}、{f'期限{plain(row.due_on)}' if row.due_on else '期限未定'}、"
        f"{row.state}）"
        for row in sources.owed
    ]
    return owed + [f"・予定：{short(row.day)}　{row.kind}：{row.title}" for row in sources.ahead]


@dataclass(frozen=True)
class Difference:
    """How a text differs from a newer draft.

    `new` has been recorded since, `gone` is no longer recorded but still in the text, `left_out`
    is recorded as before and was taken out or reworded by the team.
    """

    section: Section
    new: tuple[str, ...]
    gone: tuple[str, ...]
    left_out: tuple[str, ...]


def differences(
    texts: Mapping[Section, str], drawn: Mapping[Section, str], fresh: Mapping[Section, str]
) -> list[Difference]:
    """How each text differs from a newer draft; sections without a difference are left out.

    `drawn` is the draft with which the texts were last compared.
    """
    found = []
    for section in Section:
        text = _lines(texts.get(section, ""))
        now, then = _lines(fresh.get(section, "")), _lines(drawn.get(section, ""))
        missing = [line for line in now if line not in text]
        row = Difference(
            section,
            new=tuple(line for line in missing if line not in then),
            gone=tuple(line for line in then if line in text and line not in now),
            left_out=tuple(line for line in missing if line in then),
        )
        if row.new or row.gone or row.left_out:
            found.append(row)
    return found


def with_lines(text: str, lines: Sequence[str]) -> str:
    """The text with lines added at its end; what is there stays as it was typed."""
    return "\n".join([*([text.rstrip()] if text.strip() else []), *lines])
