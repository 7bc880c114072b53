"""An upload waits until a person has seen what it would do."""

from __future__ import annotations

from companion.applications.actions.planning import Plan, plan_import
from companion.applications.actions.writing import apply_plan
from companion.applications.models import (
    Import,
)
from companion.applications.terms import ImportKind, ImportState
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period


def stage_import(kind: str, data: bytes, filename: str, *, period: Period, by: Viewer) -> Import:
    """Keep an upload until a person has seen its preview.

    Raises:
        InvalidWorkbook, Refused: as `plan_import`; nothing is kept then.
    """
    plan = plan_import(kind, data, filename, period=period)
    row = Import(
        period=period,
        kind=ImportKind(kind),
        filename=filename[:200],
        data=data,
        fingerprint=plan.fingerprint,
        counts=_counts(plan),
        created_by=by.user_id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "unchanged": len(plan.unchanged),
        "refused": len({(fault.sheet, fault.row) for fault in plan.refused}),
        "warnings": len(plan.warnings),
    }


def plan_of(row: Import) -> Plan:
    """The plan of a staged upload against the records as they are now."""
    return plan_import(row.kind.value, row.data, row.filename, period=row.period)


def confirm_import(row: Import, *, by: Viewer) -> Plan:
    """Carry out a staged upload.

    Raises:
        Refused: it was carried out or discarded before, or the records have changed since the
            preview; the preview then shows the present difference.
    """
    db.session.refresh(row, ["state"], with_for_update=True)  # two at once: the first one counts
    if row.state is not ImportState.STAGED:
        raise Refused("この取込は既に終わっています。")
    plan = plan_of(row)
    if plan.fingerprint != row.fingerprint:
        raise Stale("確認画面を表示した後に、登録内容が変わりました。もう一度確認してください。")
    apply_plan(plan, by=by)
    row.state, row.counts, row.ended_at = ImportState.CONFIRMED, _counts(plan), clock.now()
    return plan


class Stale(Refused):
    """The records changed after the preview."""


def look_again(row: Import) -> None:
    """Take the present state of the records as what the person has seen."""
    row.fingerprint = plan_of(row).fingerprint


def discard_import(row: Import, *, by: Viewer) -> None:
    """Forget a staged upload; nothing was written.

    Raises:
        Refused: it was carried out or discarded before.
    """
    db.session.refresh(row, ["state"], with_for_update=True)  # two at once: the first one counts
    if row.state is not ImportState.STAGED:
        raise Refused("この取込は既に終わっています。")
    row.state, row.ended_at, row.data = ImportState.DISCARDED, clock.now(), b""
    audit.record("import.discard", row.public_id, by=by)
