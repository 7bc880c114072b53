"""A filled 回答票 read back: what people type is understood, what is not is told with its cell."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from companion.core.sheets.reader import CellError, CellValue, Formula, Sheet
from companion.core.sheets.records import column_letters
from companion.surveys.answerform import ANSWER, ANSWER_HEADING, CODE, CONSENTS, NAMED
from companion.surveys.answers import CONSENT, OTHER
from companion.surveys.formseal import SEAL, SIGNATURE, Seal, seal_of
from companion.surveys.schema import Choice, Matrix, Multi, Question, SurveyDefinition

_TICKS = frozenset("○◯〇●◎✓✔☑レv1")
_NO_TICKS = frozenset({"", "×", "x", "-", "ー", "−", "0", "□"})


@dataclass(frozen=True)
class CellFault:
    """One cell that cannot be taken (a `Mark` of core.sheets.marking)."""

    sheet: str
    row: int
    column_number: int
    value: str
    message: str

    @property
    def column(self) -> str:
        """The column as a person reads it."""
        return column_letters(self.column_number)


@dataclass
class ReturnedForm:
    """What a filled form holds: raw answers for the validator, the cells they stand in, faults."""

    answers: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, tuple[str, int, int, str]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)

    def told(self, errors: Mapping[str, str]) -> list[CellFault]:
        """The reader's faults, then the validator's sentences at the cells of their fields."""
        found = list(self.faults)
        faulty = {(fault.sheet, fault.row) for fault in found}
        for name, message in errors.items():
            near = next((c for f, c in self.cells.items() if f == name), None) or next(
                (c for f, c in self.cells.items() if f.split("/")[0] == name.split("/")[0]), None
            )
            if near is None:
                near = next(iter(self.cells.values()), ("", 1, ANSWER, ""))
            if (near[0], near[1]) not in faulty:
                found.append(CellFault(near[0], near[1], near[2], near[3], message))
        return found


def seal_in(sheets: list[Sheet], keys: Sequence[str]) -> Seal | None:
    """The seal of a returned form; None when it was not issued here or was changed."""
    texts = [v for s in sheets for cells in s.rows for v in cells if isinstance(v, str)]
    seal = next((v.removeprefix(SEAL) for v in texts if v.startswith(SEAL)), "")
    signature = next((v.removeprefix(SIGNATURE) for v in texts if v.startswith(SIGNATURE)), "")
    return seal_of(seal, signature, keys)


def read_form(defn: SurveyDefinition, sheets: list[Sheet]) -> ReturnedForm:
    """The answers in a form, wherever its rows and cells were moved to.

    A cell is found by the code in its row, and by its name where the code is gone or the row of
    the code is empty; a name that has come to stand in the row of another code is not believed.
    """
    form = ReturnedForm()
    for sheet in sheets:
        if not sheet.is_visible:
            continue
        column, codes = _answer_column(sheet), _codes(sheet)
        places = {code: (row, column) for row, code in codes.items()}
        for name, (row, at) in sheet.names.items():
            code = name.removeprefix(NAMED).replace(".", "/")
            if name == code or codes.get(row, code) != code:
                continue
            if code not in places or sheet.value(*places[code]) is None:
                places[code] = (row, at)
        for code, (row, at) in places.items():
            _take(defn, form, sheet, row, at, code)
    return form


def _codes(sheet: Sheet) -> dict[int, str]:
    """The codes by the rows they stand in."""
    found = {}
    for row, cells in enumerate(sheet.rows, start=1):
        code = next((v.strip() for v in cells if isinstance(v, str) and v.startswith("q:")), "")
        if code:
            found[row] = code.removeprefix("q:")
    return found


def _answer_column(sheet: Sheet) -> int:
    for cells in sheet.rows:
        for column, value in enumerate(cells, start=1):
            if isinstance(value, str) and value.strip() == ANSWER_HEADING:
                return column
    return CODE + ANSWER - 1


def _take(
    defn: SurveyDefinition, form: ReturnedForm, sheet: Sheet, row: int, column: int, code: str
) -> None:
    value = sheet.value(row, column)
    name, *inside = code.split("/")
    base = name.removesuffix(OTHER).removesuffix(CONSENT)
    question = defn.by_name.get(base)
    if question is None:
        return
    form.cells[code] = (sheet.name, row, column, _shown(value))

    def fault(message: str) -> None:
        form.faults.append(CellFault(sheet.name, row, column, _shown(value), message))

    number = defn.numbers.get(base, "")
    if isinstance(value, Formula | CellError):
        fault(f"問{number}は、数式ではなく値を入力してください。")
        return
    text = _text(value)
    is_tick = (isinstance(question, Multi) and bool(inside)) or len(inside) == 2
    if is_tick:
        ticked = _ticked(text)
        if ticked is None:
            fault(f"問{number}は、選ぶ行に○を付け、ほかは空欄にしてください。")
        elif ticked:
            _tick(form.answers, question, inside)
        return
    if not text:
        return
    if name.endswith(CONSENT):
        wanted = {_fold(label): code for code, label in CONSENTS.items()}
        wanted |= {"可": "yes", "不可": "no", "はい": "yes", "いいえ": "no"}
        form.answers[name] = wanted.get(_fold(text), text)
    elif name.endswith(OTHER) or not question.choice_list(defn):
        form.answers[name] = text
    else:
        found = _chosen(question.choice_list(defn), text)
        if found is None:
            fault(f"問{number}の「{text[:30]}」という選択肢はありません。一覧から選んでください。")
        elif inside:
            form.answers.setdefault(name, {})[inside[0]] = found
        else:
            form.answers[name] = found


def _tick(answers: dict[str, Any], question: Question, inside: list[str]) -> None:
    if isinstance(question, Matrix):
        answers.setdefault(question.name, {}).setdefault(inside[0], []).append(inside[1])
    else:
        answers.setdefault(question.name, []).append(inside[0])


def _ticked(text: str) -> bool | None:
    """Whether a cell is ticked; None when it says neither."""
    plain = _fold(text)
    if plain in _NO_TICKS:
        return False
    return True if plain in _TICKS or text.strip() in _TICKS else None


def _chosen(choices: list[Choice], text: str) -> str | None:
    """The code of the choice that was written: its label, its short label, its code."""
    plain = _fold(text)
    for words in (
        lambda c: c.label,
        lambda c: c.short,
        lambda c: c.name,
        lambda c: c.label.partition("（")[0],
    ):
        found = [choice.name for choice in choices if _fold(words(choice)) == plain]
        if len(found) == 1:
            return found[0]
    return None


def _fold(text: str) -> str:
    """Width, blanks and closing marks do not matter."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).rstrip("。.").casefold()


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()


def _shown(value: CellValue) -> str:
    return _text(value) if not isinstance(value, Formula | CellError) else str(value)
