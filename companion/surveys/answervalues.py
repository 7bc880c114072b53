"""What one question accepts as an answer, by its type, and the sentence when it does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from companion.surveys.schema import Choice, FreeText, Matrix, Multi, Number, Question

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_LONGEST_NUMBER = 30
# Control characters other than tab and line feed: no person types them and no workbook holds them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Refusal:
    """Why an answer cannot be kept: the form field and one Japanese sentence."""

    field: str
    message: str


Cleaned = tuple[Any, list[Refusal]]


def is_empty(value: Any) -> bool:
    """Whether nothing was answered; a matrix is empty when all its rows are."""
    if isinstance(value, Mapping):
        return all(is_empty(cell) for cell in value.values())
    return value is None or value == "" or value == []


def one_text(value: Any) -> str:
    """One text from a form field: line ends alike, control characters and outer blanks gone."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if value is None or isinstance(value, Mapping):
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def clean_value(question: Question, choices: list[Choice], number: str, sent: Any) -> Cleaned:
    """The answer as it is kept, or what is wrong with it; an empty answer is always right here."""
    if isinstance(question, Multi):
        return _multi(question, choices, number, sent)
    if isinstance(question, FreeText):
        return _text(question, number, one_text(sent))
    if isinstance(question, Number):
        return _number(question, number, one_text(sent))
    if isinstance(question, Matrix):
        return _matrix(question, choices, number, sent)
    return _single(question.name, choices, number, sent)


def _texts(sent: Any) -> list[str]:
    if sent is None or isinstance(sent, Mapping):
        return []
    items = sent if isinstance(sent, Sequence) and not isinstance(sent, str) else [sent]
    return [text for text in (one_text(item) for item in items) if text]


def _unknown(field: str, code: str, number: str) -> Refusal:
    return Refusal(
        field, f"問{number}の「{code[:30]}」という選択肢はありません。選び直してください。"
    )


def _single(field: str, choices: list[Choice], number: str, sent: Any) -> Cleaned:
    codes = list(dict.fromkeys(_texts(sent)))
    if not codes:
        return None, []
    if len(codes) > 1:
        return None, [Refusal(field, f"問{number}は1つだけ選んでください。")]
    if codes[0] not in {choice.name for choice in choices}:
        return None, [_unknown(field, codes[0], number)]
    return codes[0], []


def _multi(question: Multi, choices: list[Choice], number: str, sent: Any) -> Cleaned:
    ticked = set(_texts(sent))
    known = [choice for choice in choices if choice.name in ticked]
    strange = sorted(ticked - {choice.name for choice in known})
    if strange:
        return None, [_unknown(question.name, strange[0], number)]
    codes = [choice.name for choice in known]
    alone = [choice for choice in known if question.stands_alone(choice)]
    message = None
    if alone and len(codes) > 1:
        message = f"問{number}の「{alone[0].short}」は、ほかの選択肢と一緒に選べません。"
    elif codes and not alone and len(codes) < (question.min_selected or 0):
        message = f"問{number}は{question.min_selected}つ以上選んでください（現在{len(codes)}つ）。"
    elif question.max_selected is not None and len(codes) > question.max_selected:
        message = f"問{number}は{question.max_selected}つまで選べます（現在{len(codes)}つ）。"
    return (None, [Refusal(question.name, message)]) if message else (codes or None, [])


def _text(question: FreeText, number: str, text: str) -> Cleaned:
    if len(text) > question.max_length:
        message = (
            f"問{number}は{question.max_length:,}文字以内で入力してください"
            f"（現在{len(text):,}文字）。"
        )
        return None, [Refusal(question.name, message)]
    if text and question.pattern and not re.fullmatch(question.pattern, text):
        message = question.constraint_message or f"問{number}は決められた形で入力してください。"
        return None, [Refusal(question.name, message)]
    return text or None, []


def _number(question: Number, number: str, text: str) -> Cleaned:
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not plain:
        return None, []

    def refused(message: str) -> Cleaned:
        return None, [Refusal(question.name, message)]

    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        return refused(f"問{number}は数字で入力してください。")
    value = Decimal(plain.replace(",", ""))
    unit = question.unit or ""
    if question.integer and value != value.to_integral_value():
        return refused(f"問{number}は整数で入力してください。")
    if question.min is not None and value < question.min:
        return refused(f"問{number}は{question.min}{unit}以上で入力してください。")
    if question.max is not None and value > question.max:
        return refused(f"問{number}は{question.max}{unit}以下で入力してください。")
    if question.step is not None and (value - (question.min or 0)) % question.step != 0:
        return refused(f"問{number}は{question.step}{unit}きざみで入力してください。")
    return plain_decimal(value), []


def plain_decimal(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no zeros at its end, no minus zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _matrix(question: Matrix, choices: list[Choice], number: str, sent: Any) -> Cleaned:
    cells = sent if isinstance(sent, Mapping) else {}
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    known = {choice.name for choice in choices}
    for row in question.rows:
        field = f"{question.name}/{row.name}"
        codes = list(dict.fromkeys(_texts(cells.get(row.name))))
        strange = [code for code in codes if code not in known]
        if strange:
            refusals.append(_unknown(field, strange[0], number))
        elif len(codes) > 1 and question.cell == "single":
            message = f"問{number}の「{row.short}」は1つだけ選んでください。"
            refusals.append(Refusal(field, message))
        elif codes:
            values[row.name] = codes[0] if question.cell == "single" else codes
    return values or None, refusals
