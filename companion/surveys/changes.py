"""One difference between two versions of a definition, and how grave it is.

safe: all answers count together; additive: pooled, earlier answers are 「※調査していない」;
needs note: the coordinator writes why, tables are shown split and pooled; breaking: refused
unless `compat` maps the old names and codes to new ones, or another id is used.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class ChangeClass(IntEnum):
    """How grave a change is; the gravest one decides."""

    SAFE = 0
    ADDITIVE = 1
    NEEDS_NOTE = 2
    BREAKING = 3

    @property
    def label(self) -> str:
        """As screens and the sheet 利用上の注意 say it."""
        return ("影響なし", "追加", "説明が必要", "互換性なし")[self]


@dataclass(frozen=True)
class Change:
    """One difference: its class, the question ("" for the survey), and one sentence."""

    kind: ChangeClass
    question: str
    message: str


SAFE, ADDITIVE, NEEDS_NOTE, BREAKING = ChangeClass


def gravest(changes: list[Change]) -> ChangeClass | None:
    """The class that decides, None when nothing has changed."""
    return max((change.kind for change in changes), default=None)


def plain(text: str) -> str:
    """A text without what does not change its meaning: width, blanks, punctuation."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c)[0] not in {"P", "Z", "C"})


def wording(name: str, word: str, before: str, after: str) -> Iterator[Change]:
    """A change of wording: marks and blanks are safe; whether more is a typo, a person says."""
    if before == after:
        return
    if plain(before) == plain(after):
        yield Change(SAFE, name, f"{word}の句読点や空白を直しました。")
    else:
        message = f"{word}を「{before[:40]}」から「{after[:40]}」に変えました。"
        yield Change(NEEDS_NOTE, name, message)
