"""What a list would do, compared with the records; nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from companion.applications.comparing import (
    CHALLENGE_LABELS,
    CODE_LABELS,
    OFFICIAL_LABELS,
    Change,
    challenge_values,
    differences,
    official_values,
    stored_challenge,
    stored_official,
)
from companion.applications.queries import (
    challenges_by_code,
    display_names,
    officials_by_email,
    reference_for,
)
from companion.applications.reading import Reference
from companion.applications.sheets import Fault, mark_refused, read_challenges, read_officials
from companion.applications.terms import ImportKind
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.sheets import read_workbook
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_CODES
from companion.places.sheets import read_codes


@dataclass(frozen=True)
class Entry:
    """What becomes of one row: key, how it is called, and how it differs from the record."""

    key: str
    label: str
    values: dict[str, Any]
    changes: list[Change]
    is_new: bool

    @property
    def is_unchanged(self) -> bool:
        """True when nothing would be written."""
        return not self.is_new and not self.changes


@dataclass
class Plan:
    """What an import would do, compared with the database; nothing is written yet."""

    kind: ImportKind
    period: Period | None
    filename: str
    entries: list[Entry] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def created(self) -> list[Entry]:
        """Rows that become new records."""
        return [entry for entry in self.entries if entry.is_new]

    @property
    def updated(self) -> list[Entry]:
        """Rows that change a record."""
        return [entry for entry in self.entries if not entry.is_new and entry.changes]

    @property
    def unchanged(self) -> list[Entry]:
        """Rows that say what the record says already."""
        return [entry for entry in self.entries if entry.is_unchanged]

    @property
    def fingerprint(self) -> str:
        """Stands for everything the preview shows; differs when the records changed meanwhile."""
        text = repr([(e.key, e.is_new, e.changes) for e in self.entries])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ListKind:
    """How a list of a higher part is read into a plan and written from it."""

    read: Callable[[Plan, Any, Reference], None]
    write: Callable[[Plan, Sequence[Entry], Viewer | None], None]


LIST_KINDS: dict[ImportKind, ListKind] = {}


def add_list(kind: ImportKind, how: ListKind) -> None:
    """Let a higher part take its own list in with this machinery."""
    LIST_KINDS[kind] = how


def plan_import(kind: str, data: bytes, filename: str, *, period: Period | None) -> Plan:
    """Read a list and compare it with the records.

    Raises:
        InvalidWorkbook: the file is no such list; the message says what to do.
        Refused: the list of codes has not been taken in, or the period is missing.
    """
    what = ImportKind(kind)
    sheets = read_workbook(data, filename)
    plan = Plan(what, period, filename)
    if what is ImportKind.CODES:
        _plan_codes(plan, sheets)
        return plan
    if period is None:
        raise Refused("年度を指定してください。")
    reference = reference_for(period)
    if not reference.gazetteer.by_code:
        raise Refused("先に団体コード一覧を取り込んでください。")
    if what in LIST_KINDS:
        LIST_KINDS[what].read(plan, sheets, reference)
        return plan
    names = display_names()
    if what is ImportKind.CHALLENGES:
        parsed = read_challenges(sheets, reference=reference)
        stored = challenges_by_code(period)
        for row in parsed.rows:
            _compare(
                plan, row.lg_code, names[row.lg_code], challenge_values(row),
                stored.get(row.lg_code), stored_challenge, CHALLENGE_LABELS, names,
            )  # fmt: skip
        plan.refused, plan.warnings = parsed.refused, parsed.warnings
    else:
        read = read_officials(sheets, reference=reference)
        known = officials_by_email(period)
        for person in read.rows:
            _compare(
                plan, person.email, f"{person.name}（{names[person.ministry_code]}）",
                official_values(person), known.get(person.email), stored_official,
                OFFICIAL_LABELS, names,
            )  # fmt: skip
        plan.refused, plan.warnings = read.refused, read.warnings
    return plan


def _compare(
    plan: Plan,
    key: str,
    label: str,
    values: dict[str, Any],
    record: Any,
    stored: Callable[[Any], dict[str, Any]],
    labels: Mapping[str, str],
    names: Mapping[str, str],
) -> None:
    changes = differences(stored(record), values, labels, names) if record is not None else []
    plan.entries.append(Entry(key, label, values, changes, record is None))


def _plan_codes(plan: Plan, sheets: Any) -> None:
    stored = {row.lg_code: row for row in db.session.scalars(select(Municipality))}
    names = {code: name for name, code in PREFECTURE_CODES.items()}
    for row in read_codes(sheets):
        values = {
            "prefecture_code": PREFECTURE_CODES.get(row.prefecture, row.lg_code[:2]),
            "name": row.name,
            "kana": row.kana,
        }
        _compare(
            plan, row.lg_code, row.prefecture + row.name, values, stored.get(row.lg_code),
            lambda place: {name: getattr(place, name) for name in CODE_LABELS},
            CODE_LABELS, names,
        )  # fmt: skip


def summary(plan: Plan) -> dict[str, Any]:
    """What the command line prints: counts, and each refusal and warning with its place."""
    return {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "unchanged": len(plan.unchanged),
        "refused": [fault.as_json() for fault in plan.refused],
        "warnings": [fault.as_json() for fault in plan.warnings],
    }


def refused_workbook(data: bytes, plan: Plan) -> bytes:
    """The same workbook with every refused cell red and a comment that says what to do."""
    return mark_refused(data, plan.refused)
