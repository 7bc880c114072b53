"""The parts that questions are made of: names, choices, what is counted, what was printed.

Texts given in two languages, `{ja: ..., en: ...}`, are held as `label` and `label_en`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

NAME = r"^[a-z][a-z0-9_]*$"


CODE = r"^[a-z0-9][a-z0-9_]*$"


Name = Annotated[str, Field(pattern=NAME, max_length=60)]


Code = Annotated[str, Field(pattern=CODE, max_length=60)]


Text = Annotated[str, Field(min_length=1, max_length=5000)]


def _exact(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("数を書いてください。")
    if isinstance(value, int | str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise ValueError("数を書いてください。") from None
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("有限の数を書いてください。")
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]


class Part(BaseModel):
    """A part of a definition: unknown keys refused, nothing converted, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _two_languages(cls, data: Any) -> Any:
        """Spread `{ja:, en:}` over the field and its `_en` twin."""
        if not isinstance(data, dict):
            return data
        spread = dict(data)
        for key, value in data.items():
            if isinstance(value, dict) and f"{key}_en" in cls.model_fields:
                if "ja" not in value or set(value) - {"ja", "en"}:
                    raise ValueError(f"「{key}」は文か {{ja: …, en: …}} で書いてください。")
                spread[key] = value["ja"]
                if value.get("en") is not None:
                    spread[f"{key}_en"] = value["en"]
        return spread


class Choice(Part):
    """One answer that can be chosen."""

    name: Code
    label: Text
    label_en: Text | None = None
    short_label: Text | None = None
    short_label_en: Text | None = None
    score: int | None = None
    group: Code | None = None
    exclusive: bool = False
    other: bool = False
    missing: Literal["not_applicable", "dont_know", "refused"] | None = None
    retired: bool = False

    @property
    def short(self) -> str:
        """The label for tables and charts."""
        return self.short_label or self.label


class SharedLists(Protocol):
    """What a question needs of its survey: the lists of choices used by several questions."""

    @property
    def choices(self) -> Mapping[str, list[Choice]]:
        """Choices by the name of their list."""


ChoiceSource = Name | list[Choice]


SCALE5 = [
    Choice(name="5", label="5（良い）", score=5),
    Choice(name="4", label="4", score=4),
    Choice(name="3", label="3", score=3),
    Choice(name="2", label="2", score=2),
    Choice(name="1", label="1（悪い）", score=1),
]


class Analysis(Part):
    """How the answers of a question are counted and drawn."""

    mean: bool = False
    top_box: list[Code] | None = None
    bottom_box: list[Code] | None = None
    base: Literal["relevant", "answered"] = "relevant"
    percent_of: Literal["respondents", "answers", "both"] = "respondents"
    mt_row: bool = True
    chart: Literal["column", "bar", "stacked100", "histogram", "none"] | None = None
    stats: list[Literal["n", "mean", "median", "min", "max"]] | None = None
    bins: list[Exact] | None = None


class Published(Part):
    """A figure already printed elsewhere, to be compared with what the answers give."""

    row: Code | None = None  # a choice: its share in per cent; none: the mean
    value: Exact
    n: int | None = Field(default=None, ge=1)
    source: Text


class Coding(Part):
    """Tags that readers put on free text."""

    tags: list[Text] = []


class MatrixRow(Part):
    """One line of a matrix."""

    name: Name
    label: Text
    label_en: Text | None = None
    short_label: Text | None = None
    short_label_en: Text | None = None

    @property
    def short(self) -> str:
        """The label for tables and charts."""
        return self.short_label or self.label
