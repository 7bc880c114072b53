"""The starting rows of the policy fields.

Only ①観光, ②産業振興 and ④まちづくり are official; the rest is our own proposal and is marked
provisional (暫定) until the secretariat edits the master. The code never changes; label, digit and
order may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from companion.core.text import name_key


class FieldRow(NamedTuple):
    """A policy field: stable code, digit as printed before the label, label, provisional mark."""

    code: str
    digit: str
    label: str
    is_provisional: bool = True


POLICY_FIELDS: tuple[FieldRow, ...] = (
    FieldRow("tourism", "①", "観光", False),
    FieldRow("industry", "②", "産業振興", False),
    FieldRow("agriculture", "③", "農林水産業"),
    FieldRow("townplanning", "④", "まちづくり", False),
    FieldRow("migration", "⑤", "移住・定住"),
    FieldRow("relations", "⑥", "関係人口"),
    FieldRow("transport", "⑦", "地域交通"),
    FieldRow("health", "⑧", "医療・福祉"),
    FieldRow("education", "⑨", "子育て・教育"),
    FieldRow("disaster", "⑩", "防災・復興"),
    FieldRow("environment", "⑪", "環境・脱炭素"),
    FieldRow("digital", "⑫", "デジタル"),
    FieldRow("culture", "⑬", "文化・スポーツ"),
    FieldRow("community", "⑭", "地域コミュニティ"),
    FieldRow("other", "", "その他"),
)

# The five pillars of 地方創生2.0 (地方創生2.0基本構想): code, digit, label.
PILLARS: tuple[tuple[str, str, str], ...] = (
    ("living", "①", "安心して働き、暮らせる地方の生活環境の創生"),
    ("economy", "②", "稼ぐ力を高め、付加価値創出型の新しい地方経済の創生"),
    ("spread", "③", "人や企業の地方分散"),
    ("infrastructure", "④", "新時代のインフラ整備とAI・デジタルなどの新技術の徹底活用"),
    ("region", "⑤", "広域リージョン連携"),
)


class FieldNames:
    """Finds policy fields by their labels, several in one cell, whatever separates them.

    「・」 separates fields and stands inside labels (「文化・スポーツ」): the longest label wins.
    """

    def __init__(self, fields: Iterable[FieldRow] = POLICY_FIELDS) -> None:
        self._rows = {row.code: row for row in fields}
        self._codes: dict[str, str] = {}
        for row in self._rows.values():
            for name in (row.label, row.digit + row.label, row.label.replace("・", "")):
                self._codes.setdefault(name_key(name), row.code)

    def find_all(self, text: str) -> tuple[list[str], list[str]]:
        """The codes named in a text, each once in order, and the pieces that are no field."""
        codes: list[str] = []
        unknown: list[str] = []
        for piece in re.split(r"[、，,､;；/／|｜\n\r]+", text):
            parts = [part for part in re.split("[・･]", piece) if part.strip()]
            while parts:
                for length in range(len(parts), 0, -1):
                    code = self._codes.get(name_key("・".join(parts[:length])))
                    if code:
                        codes.append(code)
                        break
                else:
                    length = 1
                    unknown.append(parts[0].strip())
                parts = parts[length:]
        return list(dict.fromkeys(codes)), unknown

    @property
    def labels(self) -> list[str]:
        """The labels in their order."""
        return [row.label for row in self._rows.values()]

    def label(self, code: str) -> str:
        """The label of a code."""
        return self._rows[code].label
