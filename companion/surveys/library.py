"""The definition files in surveys/: read once for each change, with everything the linter says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from companion.surveys.definition import SurveyDefinition, parse
from companion.surveys.faults import Fault
from companion.surveys.lint import lint, lint_text

FOLDER = Path(__file__).resolve().parents[2] / "surveys"

# The populations that `queries.population` finds; `chosen` is named when a survey is opened.
POPULATIONS = ("chosen", "cohort_municipalities", "cohort_officials")


@dataclass(frozen=True)
class Book:
    """A definition: its text, what the linter says, and what it means when it can be used."""

    survey_id: str
    text: str
    faults: tuple[Fault, ...]
    defn: SurveyDefinition | None

    @property
    def errors(self) -> list[Fault]:
        """What forbids using it."""
        return [fault for fault in self.faults if fault.severity == "error"]


def looked_at(survey_id: str, text: str) -> Book:
    """A definition text with its findings; `defn` is None when an error forbids using it."""
    name = f"surveys/{survey_id}.yaml"
    faults = tuple(lint_text(text, name, populations=POPULATIONS))
    usable = not any(fault.severity == "error" for fault in faults)
    return Book(survey_id, text, faults, parse(text, name) if usable else None)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Book:
    faults = tuple(lint([path], populations=POPULATIONS))
    defn = None
    text = path.read_bytes().decode("utf-8-sig", "replace")
    if not any(fault.severity == "error" for fault in faults):
        defn = parse(text, f"surveys/{path.name}")
    return Book(path.stem, text, faults, defn)


def files(folder: Path = FOLDER) -> dict[str, Book]:
    """Every definition file by its survey's id (the file's name when it cannot be read)."""
    books = [_read(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yaml"))]
    return {(book.defn.id if book.defn else book.survey_id): book for book in books}


def report_faults(log: logging.Logger, folder: Path = FOLDER) -> None:
    """Say in the log which definitions cannot be used; the others stay in use."""
    for book in files(folder).values():
        for fault in book.errors:
            log.error("survey definition refused: %s", fault)
