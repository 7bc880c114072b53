"""The six types of question and the note: what each may say in a definition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from companion.surveys.parts import (
    SCALE5,
    Analysis,
    Choice,
    ChoiceSource,
    Code,
    Coding,
    Exact,
    MatrixRow,
    Name,
    Part,
    Published,
    SharedLists,
    Text,
)


class Common(Part):
    """What every question may say."""

    name: Name
    label: Text
    label_en: Text | None = None
    number: str | None = Field(default=None, max_length=20)
    short_label: Text | None = None
    short_label_en: Text | None = None
    hint: Text | None = None
    hint_en: Text | None = None
    guidance_hint: Text | None = None
    required: bool | str = False
    required_message: Text | None = None
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text | None = None
    read_only: bool = False
    default: str | list[str] | None = None
    prefill: str | None = None
    sensitive: bool = False
    analysis: Analysis = Analysis()
    published: list[Published] = []

    def choice_list(self, defn: SharedLists) -> list[Choice]:
        """The choices of this question in order (a matrix: its columns; text: none)."""
        return []

    @property
    def short(self) -> str:
        """The label for tables and charts."""
        return self.short_label or self.label

    @property
    def soft(self) -> bool:
        """Whether an empty answer is remarked on but let through."""
        return self.required == "soft"


class _WithChoices(Common):
    choices: ChoiceSource

    def choice_list(self, defn: SharedLists) -> list[Choice]:
        return defn.choices.get(self.choices, []) if isinstance(self.choices, str) else self.choices


class Scale5(_WithChoices):
    """Five steps with the scores 5 to 1; more choices only when they are not data."""

    type: Literal["scale5"]
    choices: ChoiceSource = SCALE5
    direction: Literal["high_good", "low_good"] = "high_good"


class Single(_WithChoices):
    """One of several."""

    type: Literal["single"]
    choice_filter: str | None = None
    layout: Literal["radio", "select"] | None = None


class Multi(_WithChoices):
    """Any of several."""

    type: Literal["multi"]
    choice_filter: str | None = None
    choice_order: Literal["defined", "count_desc"] = "defined"
    min_selected: int | None = Field(default=None, ge=0)
    max_selected: int | None = Field(default=None, ge=1)
    exclusive: list[Code] = []

    def stands_alone(self, choice: Choice) -> bool:
        """Whether a choice cannot be ticked together with another."""
        return choice.exclusive or choice.name in self.exclusive


class FreeText(Common):
    """Words of one's own."""

    type: Literal["text"]
    max_length: int = Field(default=2000, ge=1, le=10000)
    rows: int = Field(default=3, ge=1, le=40)
    pattern: str | None = None
    publish: Literal["never", "ask_consent", "always"] = "never"
    coding: Coding | None = None
    pii_hint: bool = False


class Number(Common):
    """A number, kept exactly as it was written."""

    type: Literal["number"]
    min: Exact | None = None
    max: Exact | None = None
    step: Exact | None = None
    unit: Text | None = None
    integer: bool = False


class Matrix(Common):
    """Several lines answered with the same choices."""

    type: Literal["matrix"]
    rows: list[MatrixRow] = Field(min_length=1)
    columns: ChoiceSource
    cell: Literal["single", "multi"] = "single"
    all_rows_required: bool = False

    def choice_list(self, defn: SharedLists) -> list[Choice]:
        return defn.choices.get(self.columns, []) if isinstance(self.columns, str) else self.columns


class Note(Common):
    """Text between the questions; nothing is answered."""

    type: Literal["note"]


Question = Annotated[
    Scale5 | Single | Multi | FreeText | Number | Matrix | Note, Field(discriminator="type")
]
TYPES = ("scale5", "single", "multi", "text", "number", "matrix", "note")
