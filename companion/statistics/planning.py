"""What a list would change, compared with what is stored."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from companion.core.db import db
from companion.statistics.models import Statistic, StatisticValue
from companion.statistics.reading import Fault, Figures, Heading

FAULTS_SHOWN = 200


@dataclass
class ColumnPlan:
    """One column: the statistic it is about (None: a new one), and values by municipality."""

    heading: Heading
    statistic: Statistic | None
    new: dict[str, float] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    same: int = 0

    @property
    def has_new_source(self) -> bool:
        """True when the list names another source than the one stored."""
        source = self.heading.source
        return bool(self.statistic and source and source != self.statistic.source)


@dataclass
class Plan:
    """Everything a list would do."""

    columns: list[ColumnPlan]
    faults: list[Fault]
    towns: int

    @property
    def changes(self) -> int:
        """How many rows would be written; 0 when the same list comes again."""
        return sum(
            len(c.new) + len(c.changed) + (c.statistic is None) + c.has_new_source
            for c in self.columns
        )

    @property
    def fingerprint(self) -> str:
        """Another one when the list or what is stored has changed."""
        digest = hashlib.sha256()
        for column in self.columns:
            whose = column.statistic.id if column.statistic else None
            digest.update(repr((column.heading, whose, column.has_new_source)).encode())
            digest.update(
                repr((sorted(column.new.items()), sorted(column.changed.items()))).encode()
            )
        return digest.hexdigest()

    def summary(self) -> dict[str, Any]:
        """The preview as it is kept; of many faults the first `FAULTS_SHOWN`."""
        return {
            "towns": self.towns,
            "changes": self.changes,
            "fault_count": len(self.faults),
            "faults": [[fault.place, fault.words] for fault in self.faults[:FAULTS_SHOWN]],
            "columns": [
                {
                    "name": column.heading.name,
                    "unit": column.heading.unit,
                    "year": column.heading.year,
                    "source": column.heading.source,
                    "is_new": column.statistic is None,
                    "new": len(column.new),
                    "changed": len(column.changed),
                    "same": column.same,
                }
                for column in self.columns
            ],
        }


def plan_of(figures: Figures) -> Plan:
    """Compare a list with what is stored: a blank cell leaves a stored value as it is."""
    statistics = list(db.session.scalars(select(Statistic)))
    by_code = {row.code: row for row in statistics}
    by_name = {(row.name, row.unit): row for row in statistics}
    columns = [
        ColumnPlan(h, by_code.get(h.code) or by_name.get((h.name, h.unit)))
        for h in figures.headings
    ]
    stored = _stored(columns)
    for column in columns:
        key = (column.statistic.id, column.heading.year) if column.statistic else None
        before = stored[key] if key else {}
        for code, value in figures.values[column.heading.column].items():
            if code not in before:
                column.new[code] = value
            elif before[code] != value:
                column.changed[code] = value
            else:
                column.same += 1
    return Plan(columns, figures.faults, figures.towns)


def _stored(columns: list[ColumnPlan]) -> dict[tuple[int, int], dict[str, float]]:
    found: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            StatisticValue.statistic_id,
            StatisticValue.year,
            StatisticValue.lg_code,
            StatisticValue.value,
        ).where(
            StatisticValue.statistic_id.in_([c.statistic.id for c in columns if c.statistic]),
            StatisticValue.year.in_({c.heading.year for c in columns}),
        )
    )
    for statistic_id, year, code, value in rows:
        found[statistic_id, year][code] = value
    return found
