"""The cells of an XLSForm workbook: lines by their headings, languages, yes and no."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from companion.core.sheets import Sheet
from companion.core.sheets.reader import CellError, CellValue, Formula
from companion.core.text import strip_forbidden
from companion.surveys.xlsform import OWN

_YES = {"yes", "true", "true()", "1", "はい", "○"}
_NO = {"no", "false", "false()", "0", "いいえ", "×"}


class XlsFormFaults(ValueError):
    """A workbook that cannot be taken; `faults` says everything, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = list(dict.fromkeys(faults))
        super().__init__("\n".join(self.faults))


def yes(text: str) -> bool | None:
    """Whether a cell says yes; None when it says something else."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO or not word else None


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text has a form."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None


@dataclass(frozen=True)
class Line:
    """One row of a sheet by the headings of its columns."""

    sheet: str
    number: int
    columns: dict[str, str]

    def place(self, column: str) -> str:
        """The cell as people find it."""
        return f"{self.sheet} シート {self.number}行目「{column}」"

    def raw(self, column: str) -> str:
        """A text as it stands."""
        return self.columns.get(column, "")

    def text(self, column: str) -> str:
        """A text without blanks around it."""
        return self.raw(column).strip()

    def raw_label(self, column: str) -> str:
        """The Japanese text, else the one without a language, else the first there is."""
        return self._written(column)[1]

    def _written(self, column: str) -> tuple[str, str]:
        found = [
            (heading, text)
            for heading, text in self.columns.items()
            if text and (heading == column or heading.startswith(f"{column}::"))
        ]
        first = [item for item in found if _language(item[0]) == "ja"]
        plain = [item for item in found if "::" not in item[0]]
        return next(iter([*first, *plain, *found]), ("", ""))

    def words(self, column: str) -> Any:
        """The text, or both languages of it."""
        heading, japanese = self._written(column)
        english = next(
            (
                text
                for name, text in self.columns.items()
                if text
                and name != heading
                and name.startswith(f"{column}::")
                and _language(name) == "en"
            ),
            "",
        )
        return {"ja": japanese, "en": english} if english else japanese


def _language(heading: str) -> str:
    language = heading.partition("::")[2].casefold()
    words = re.findall(r"[a-z]+", language)
    if "ja" in words or "日本語" in language or "japanese" in words:
        return "ja"
    return "en" if "en" in words or "english" in words else ""


def lines_of_sheet(sheet: Sheet | None, faults: list[str]) -> list[Line]:
    """The filled rows of a sheet under its first row of headings."""
    if sheet is None or not sheet.rows:
        return []
    headings = [_text(value).strip() for value in sheet.rows[0]]
    names = [_heading(heading) for heading in headings]
    lines = []
    for number, cells in enumerate(sheet.rows[1:], start=2):
        columns = {}
        for name, heading, value in zip(names, headings, cells, strict=False):
            if isinstance(value, Formula | CellError):
                faults.append(
                    f"{sheet.name} シート {number}行目「{heading}」："
                    "数式ではなく値を入力してください。"
                )
            elif name and value is not None:
                columns[name] = strip_forbidden(_text(value))
        if any(text.strip() for text in columns.values()):
            lines.append(Line(sheet.name, number, columns))
    return lines


def _heading(text: str) -> str:
    """A heading without its case, older spellings as today's; the language stays."""
    name, mark, language = text.partition("::")
    known = {"readonly": "read_only", "caption": "label", "list name": "list_name",
             "constraint message": "constraint_message", "id_string": "form_id",
             "title": "form_title", "relevance": "relevant"}  # fmt: skip
    plain = name.strip().casefold().removeprefix("bind:")
    return known.get(plain, plain) + (f"::{language.strip()}" if mark else "")


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def loaded(line: Line, faults: list[str]) -> dict[str, Any]:
    """What the column of our own says."""
    text = line.text(OWN)
    if not text:
        return {}
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        faults.append(
            f"{line.place(OWN)}：この列は書き換えず、空欄にするか元のままにしてください。"
        )
        return {}
    return data
