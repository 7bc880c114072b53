"""What a survey definition may say: the fields of `surveys/*.yaml` (schema companion.survey/1).

Everything is frozen: a published version never changes.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Literal

from pydantic import Field, field_validator

from companion.core.clock import JST
from companion.surveys.parts import (
    SCALE5,
    Analysis,
    Choice,
    Code,
    Coding,
    MatrixRow,
    Name,
    Part,
    Published,
    Text,
)
from companion.surveys.questions import (
    TYPES,
    Common,
    FreeText,
    Matrix,
    Multi,
    Note,
    Number,
    Question,
    Scale5,
    Single,
)

__all__ = [
    "SCALE5",
    "TYPES",
    "Analysis",
    "Choice",
    "Code",
    "Coding",
    "Common",
    "Compat",
    "CrossTab",
    "Decimals",
    "Export",
    "ExportTable",
    "FreeText",
    "Matrix",
    "MatrixRow",
    "Multi",
    "Name",
    "Note",
    "Number",
    "Page",
    "Part",
    "Published",
    "Question",
    "Reminder",
    "ReminderLimits",
    "Scale5",
    "Single",
    "SurveyDefinition",
    "Text",
    "Window",
]


class Page(Part):
    """Questions shown together."""

    title: Text
    title_en: Text | None = None
    intro: Text | None = None
    relevant: str | None = None
    questions: list[Question] = Field(min_length=1)


class Window(Part):
    """When answers are taken; written as Japanese local time, `2025-09-01T09:00`."""

    open: str
    close: str
    grace_hours: int = Field(default=0, ge=0, le=24 * 60)

    @field_validator("open", "close")
    @classmethod
    def _is_moment(cls, text: str) -> str:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or "T" not in text or moment.tzinfo is not None:
            raise ValueError("日時は日本時間で「2025-09-01T09:00」の形で書いてください。")
        return text

    @property
    def opens_at(self) -> dt.datetime:
        """The opening, aware, UTC."""
        return dt.datetime.fromisoformat(self.open).replace(tzinfo=JST).astimezone(dt.UTC)

    @property
    def closes_at(self) -> dt.datetime:
        """The announced closing, aware, UTC."""
        return dt.datetime.fromisoformat(self.close).replace(tzinfo=JST).astimezone(dt.UTC)

    @property
    def grace_ends_at(self) -> dt.datetime:
        """The end of the time in which a late answer is still taken, aware, UTC."""
        return self.closes_at + dt.timedelta(hours=self.grace_hours)


class Reminder(Part):
    """A letter at a moment counted in business days from opening or closing."""

    at: str = Field(pattern=r"^(open|midpoint|close|(open|close)[+-][1-9][0-9]?bd)$")
    to: Literal["all", "not_opened", "not_submitted"] = "all"
    cc: Literal["coordinator"] | None = None


class ReminderLimits(Part):
    """What no reminder plan may exceed."""

    max_per_person: int = Field(default=4, ge=0)
    min_gap_days: int = Field(default=3, ge=0)
    business_days_only: bool = True


class CrossTab(Part):
    """A banner that the answers of some questions are cut by."""

    banner: Name
    of: list[Name] = Field(min_length=1)
    overlapping: bool = False
    label: Text | None = None


class ExportTable(Part):
    """One table of the workbook."""

    id: str = Field(pattern=r"^[0-9]+(-[0-9]+)*$")
    of: Name | list[Name]
    title: Text
    sheet: Text | None = None  # what stands on the sheet's tab after the number

    @property
    def questions(self) -> list[str]:
        """The questions of the table in order."""
        return [self.of] if isinstance(self.of, str) else self.of


class Decimals(Part):
    """Places after the point in print."""

    percent: Literal[1] = 1
    mean: Literal[1] = 1


class Export(Part):
    """What goes to the workbook."""

    workbook: str | None = Field(default=None, max_length=31)
    tables: list[ExportTable] = []
    decimals: Decimals = Decimals()


class Compat(Part):
    """How answers to an earlier version are read: questions renamed, choices put together."""

    rename: dict[Name, Name] = {}
    collapse: dict[Code, Code] = {}


class SurveyDefinition(Part):
    """One survey, whole."""

    schema_: Literal["companion.survey/1"] = Field(alias="schema")
    id: Name
    version: str = Field(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=20)
    title: Text
    title_en: Text | None = None
    intro: Text | None = None
    intro_en: Text | None = None
    thanks: Text | None = None
    thanks_en: Text | None = None
    audience: Literal["municipality", "official", "coordinator"]
    unit: Literal["person", "organisation"]
    population: Name
    identity: Literal["identified", "confidential", "anonymous"]
    visible_to: list[Name] = ["coordinator"]
    min_base: int = Field(default=10, ge=5)
    strict: bool = False
    window: Window
    edit_after_submit: Literal["never", "until_close", "always"] = "never"
    channels: list[Literal["web", "excel", "paper"]] = Field(default=["web"], min_length=1)
    reminders: list[Reminder] = []
    reminder_limits: ReminderLimits = ReminderLimits()
    choices: dict[Name, list[Choice]] = {}
    pages: list[Page] = Field(min_length=1)
    crosstabs: list[CrossTab] = []
    weights: Literal["none", "team"] = "none"
    export: Export = Export()
    compat: Compat = Compat()

    @cached_property
    def questions(self) -> list[Question]:
        """All questions and notes, flat, in order."""
        return [question for page in self.pages for question in page.questions]

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """Questions by name."""
        return {question.name: question for question in self.questions}

    def question(self, name: str) -> Question:
        """One question. Raises KeyError for a name the survey does not have."""
        return self.by_name[name]

    def page_of(self, name: str) -> int:
        """The index (from 0) of the page a question stands on."""
        for index, page in enumerate(self.pages):
            if any(question.name == name for question in page.questions):
                return index
        raise KeyError(name)

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The number printed before each question: its own, or its place; notes have none."""
        asked = [question for question in self.questions if question.type != "note"]
        return {q.name: q.number or str(place) for place, q in enumerate(asked, start=1)}
