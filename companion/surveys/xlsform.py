"""The words XLSForm and this application share: columns, types, and conditions in both dialects.

A workbook made here says in standard columns whatever XLSForm has a column for; the rest of a
question travels as JSON in the column `companion`, which other tools pass over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from companion.surveys.grammar import FACT_TOKEN, TOKEN

OWN = "companion"  # the column of what XLSForm has no word for
JA, EN = "日本語 (ja)", "English (en)"
ROW = "__"  # between a matrix and its row: no name of ours holds it
CONSENTS = "companion_consent"
FACT = "fact_"

SURVEY_COLUMNS = (
    "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant",
    "constraint", "constraint_message", "choice_filter", "default", "read_only", "appearance", OWN,
)  # fmt: skip


CHOICE_COLUMNS = (
    "list_name", "name", "label", "short_label", "short_label_en", "score", "group", "missing",
    "exclusive", "other", "retired",
)  # fmt: skip


SETTING_COLUMNS = ("form_title", "form_id", "version", "default_language", "style", OWN)


# What has a column of its own and is left out of the JSON.
IN_COLUMNS = {
    "name", "label", "label_en", "hint", "hint_en", "guidance_hint", "required_message",
    "relevant", "constraint_message", "choice_filter", "choices", "columns", "read_only",
    "integer",
}  # fmt: skip


TRANSLATED = {"label", "hint"}

# A fact travels as a hidden question that the other tool may fill.
_FACT_NAME = re.compile(r"\$\{" + FACT + r"([a-z]+)_([a-z_]+)\}")
_SIMPLE = (
    (re.compile(r"\. >= (-?[0-9.]+)"), "min"),
    (re.compile(r"\. <= (-?[0-9.]+)"), "max"),
    (re.compile(r"string-length\(\.\) <= ([0-9]+)"), "max_length"),
    (re.compile(r"count-selected\(\.\) >= ([0-9]+)"), "min_selected"),
    (re.compile(r"count-selected\(\.\) <= ([0-9]+)"), "max_selected"),
    (re.compile(r"regex\(\., '([^']*)'\)"), "pattern"),
)


def fact_name(key: str) -> str:
    """The name under which a fact travels: `municipality.kind` as `fact_municipality_kind`."""
    return FACT + key.replace(".", "_")


def for_xlsform(text: str) -> str:
    """A condition of ours as XLSForm writes it."""
    return FACT_TOKEN.sub(lambda found: f"${{{fact_name(found[1])}}}", text)


def from_xlsform(text: str) -> str:
    """A condition of XLSForm as we write it."""
    return _FACT_NAME.sub(r"attr('\1.\2')", text)


def filter_for_xlsform(text: str) -> str:
    """A condition on choices: our `.` is XLSForm's `name`."""
    return _replaced(for_xlsform(text), ".", "name")


def filter_from_xlsform(text: str) -> str:
    """A condition on choices as we write it."""
    return _replaced(from_xlsform(text), "name", ".")


def _replaced(text: str, old: str, new: str) -> str:
    made, at = "", 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            return made + text[at:]
        token = found.group(0)
        bare = token.strip()
        made += token.replace(bare, new) if bare == old else token
        at = found.end()
    return made


def joined(parts: Sequence[str]) -> str:
    """Some rules as one constraint."""
    return " and ".join(parts)


def limits_in(text: str) -> dict[str, Decimal | int | str] | None:
    """The limits a constraint is made of, None when it says anything else."""
    limits: dict[str, Decimal | int | str] = {}
    for part in re.split(r"\s+and\s+", text.strip()):
        for pattern, key in _SIMPLE:
            found = pattern.fullmatch(part.strip())
            if found and key not in limits:
                limits[key] = (
                    found[1]
                    if key == "pattern"
                    else int(found[1])
                    if found[1].lstrip("-").isdecimal()
                    else Decimal(found[1])
                )
                break
        else:
            return None
    return limits
