"""What reading a list of applications gives: rows, refusals and warnings, each with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from companion.core.sheets.records import Cell, Record
from companion.core.text import clean, percent, squash, whole_number, yes_or_no
from companion.core.wareki import NotADate, read_date
from companion.people.ministries import MINISTRIES, MinistryNames, MinistryRow
from companion.people.rules import is_of_office
from companion.periods.fields import POLICY_FIELDS, FieldNames, FieldRow
from companion.places.names import Gazetteer, Place

Row = TypeVar("Row")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}"
)


@dataclass(frozen=True)
class Reference:
    """What an installation knows, against which the lists are read."""

    municipalities: Iterable[Place]
    ministries: Iterable[MinistryRow] = MINISTRIES
    fields: Iterable[FieldRow] = POLICY_FIELDS
    population_limit: int = 100_000
    # Domains of addresses that may get an account; none stands for any.
    mail_domains: Sequence[str] = ()

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Municipalities by code and name."""
        return Gazetteer(self.municipalities)

    @cached_property
    def ministry_names(self) -> MinistryNames:
        """Ministries by name and short name."""
        return MinistryNames(self.ministries)

    @cached_property
    def field_names(self) -> FieldNames:
        """Policy fields by label."""
        return FieldNames(self.fields)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one cell: where it stands, what was found, what to do."""

    sheet: str
    row: int
    column: str
    value: str
    message: str
    column_number: int = 1

    def as_json(self) -> dict[str, str | int]:
        """As the commands print it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }


@dataclass
class Parsed(Generic[Row]):
    """A list that has been read: a row is in `rows` only when nothing of it was refused."""

    rows: list[Row] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many rows of the sheet were refused; one row may have several faults."""
        return len({(fault.sheet, fault.row) for fault in self.refused})


class RowReader:
    """Reads the cells of one record and collects what is wrong with them."""

    def __init__(self, sheet: str, record: Record) -> None:
        self.sheet, self.record = sheet, record
        self.refused: list[Fault] = []
        self.warnings: list[Fault] = []
        self._bad: set[str] = set()
        for key, cell in record.cells.items():
            if cell.fault:
                self.refuse(key, cell.fault)

    @property
    def cells(self) -> dict[str, str]:
        """Column of each value, for a preview: 「E列「人口」」."""
        return {key: cell.place for key, cell in self.record.cells.items()}

    def refuse(self, key: str, message: str) -> None:
        """Refuse the row because of a column; a column is named once."""
        if key not in self._bad:
            self._bad.add(key)
            self.refused.append(self._fault(key, message))

    def warn(self, key: str, message: str) -> None:
        """Let the row in, and say what to look at."""
        self.warnings.append(self._fault(key, message))

    def _fault(self, key: str, message: str) -> Fault:
        cell = self.record.cells.get(key) or Cell(self.record.row, 1, "", None)
        return Fault(
            self.sheet, self.record.row, cell.place, cell.shown, message, column_number=cell.column
        )

    def is_readable(self, key: str) -> bool:
        """Whether the column has something in it that has not been refused."""
        return key not in self._bad and self.record.text(key) != ""

    def _given(self, key: str, what: str, required: bool) -> bool:
        if key in self._bad:
            return False
        if self.record.text(key) == "":
            if required:
                self.refuse(key, f"{what}が空欄です。記入してください。")
            return False
        return True

    def text(self, key: str, what: str, *, most: int = 10_000, required: bool = True) -> str:
        """Free text, as typed."""
        if not self._given(key, what, required):
            return ""
        text = clean(self.record.text(key))
        if len(text) > most:
            self.refuse(key, f"{what}が{len(text):,}字あります。{most:,}字以内にしてください。")
        return text

    def line(self, key: str, what: str, *, most: int = 100, required: bool = True) -> str:
        """Text of one line, for names of people and offices."""
        return " ".join(self.text(key, what, most=most, required=required).split())

    def email(self, key: str, what: str, domains: Sequence[str]) -> str:
        """A mail address in small letters; one of another domain is let in with a warning."""
        if not self._given(key, what, True):
            return ""
        address = squash(self.record.text(key)).lower()
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            self.refuse(
                key, f"{what}がメールアドレスの形ではありません。一つだけ記入してください。"
            )
        elif not is_of_office(address, domains):
            self.warn(
                key,
                f"職場のアドレス（{'、'.join(domains)}）ではありません。このままではアカウントを"
                "作れないので、職場のアドレスを確かめてください。",
            )
        return address

    def number(self, key: str, what: str, *, most: int, required: bool = True) -> int | None:
        """A whole number from 0."""
        if not self._given(key, what, required):
            return None
        number = whole_number(self.record.raw(key))
        if number is None or number < 0:
            self.refuse(
                key, f"{what}が数として読めません。「12,345」のように数字だけを記入してください。"
            )
            return None
        if number > most:
            self.refuse(key, f"{what}が大きすぎます（上限{most:,}）。桁を確かめてください。")
        return number

    def date(self, key: str, what: str, *, required: bool = True) -> dt.date | None:
        """A day in any calendar."""
        if not self._given(key, what, required):
            return None
        try:
            return read_date(self.record.raw(key))
        except NotADate as fault:
            self.refuse(key, f"{what}：{fault}")
            return None

    def mark(self, key: str, what: str) -> bool | None:
        """○ or ×; None when blank."""
        if not self._given(key, what, False):
            return None
        answer = yes_or_no(self.record.raw(key))
        if answer is None:
            self.refuse(key, f"{what}が読めません。「○」か「×」を記入してください。")
        return answer

    def percent(self, key: str, what: str, *, least: int, most: int) -> int:
        """A whole percentage between two bounds."""
        if not self._given(key, what, True):
            return 0
        share = percent(self.record.raw(key))
        if share is None:
            self.refuse(key, f"{what}が割合として読めません。「15%」のように記入してください。")
        elif not least <= share <= most:
            self.refuse(key, f"{what}は{least}%から{most}%までです。値を確かめてください。")
        elif share != int(share):
            self.refuse(key, f"{what}は1%単位です。「15%」のように記入してください。")
        else:
            return int(share)
        return 0

    def fields(self, key: str, what: str, names: FieldNames, *, required: bool) -> list[str]:
        """Codes of the policy fields in one cell."""
        if not self._given(key, what, required):
            return []
        codes, unknown = names.find_all(self.record.text(key))
        if unknown or (required and not codes):
            wrong = "」「".join(unknown) or self.record.text(key)
            self.refuse(
                key,
                f"「{wrong[:80]}」は政策分野にありません。次から選んでください：{'、'.join(names.labels)}。",
            )
        return codes
