"""What is wrong with a definition, told with its place: every fault at once, not only the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One finding: file and line (from 1), the question concerned ("" for none), one sentence."""

    file: str
    line: int
    question: str
    message: str
    severity: str = "error"  # "error": the definition cannot be used; "warning": it can

    def __str__(self) -> str:
        """As one line of a terminal or log, `file:line: ...`."""
        about = f"質問「{self.question}」: " if self.question else ""
        return f"{self.file}:{self.line}: {about}{self.message}"


class DefinitionFaults(ValueError):
    """A definition cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(word: str, valid: Iterable[str]) -> str:
    """「もしかして…」 with the valid name nearest to a mistaken one, or an empty text."""
    found = difflib.get_close_matches(word, sorted(set(valid)), n=1, cutoff=0.5)
    return f"もしかして「{found[0]}」ではありませんか。" if found else ""
