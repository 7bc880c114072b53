"""The starting rows of the policy fields.

Only ①観光, ②産業振興 and ④まちづくり are official; the rest is our own proposal and is marked
provisional (暫定) until the secretariat edits the master. The code never changes; label, digit and
order may.
"""

from __future__ import annotations

from typing import NamedTuple


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
