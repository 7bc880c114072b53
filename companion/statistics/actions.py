"""Taking in a list of statistics: sent, read for the preview, taken in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.jobs import Job, enqueue
from companion.core.sheets.guard import check_kind
from companion.core.sheets.reader import Sheet
from companion.core.text import clean
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.places.queries import all_municipalities
from companion.statistics.models import (
    Statistic,
    StatisticMedian,
    StatisticUpload,
    StatisticValue,
)
from companion.statistics.planning import ColumnPlan, Plan, plan_of
from companion.statistics.reading import read_figures
from companion.statistics.rules import median
from companion.statistics.terms import NATION, UploadState

AT_A_TIME = 5_000  # rows of one statement


def stage_upload(
    data: bytes, filename: str, *, period: Period, by: Viewer
) -> tuple[StatisticUpload, Job]:
    """Keep a workbook and have it read in the background.

    Raises:
        InvalidWorkbook: it is no .xlsx, or too large.
    """
    check_kind(data, filename)
    row = StatisticUpload(
        period_id=period.id,
        filename=clean(filename)[:200],
        data=data,
        created_by=by.user_id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("statistic.stage", row.public_id, by=by)
    title = "統計指標の読み取り"
    return row, enqueue("statistics_read", title, {"upload_id": row.id}, by=by)


def keep_preview(row: StatisticUpload, sheets: Sequence[Sheet]) -> None:
    """Keep what the workbook would change.

    Raises:
        InvalidWorkbook: it is no such list.
    """
    plan = _plan(sheets)
    row.summary, row.fingerprint, row.state = plan.summary(), plan.fingerprint, UploadState.READ


def keep_fault(row: StatisticUpload, words: str) -> None:
    """Keep why the workbook cannot be read."""
    row.summary, row.state, row.ended_at = {"fault": words}, UploadState.FAULTY, clock.now()


def _plan(sheets: Sequence[Sheet]) -> Plan:
    return plan_of(read_figures(sheets, {town.lg_code for town in all_municipalities()}))


def begin_taking(row: StatisticUpload, *, by: Viewer) -> Job:
    """Have it taken in in the background, as the preview showed it.

    Raises:
        Refused: it is not waiting for that.
    """
    if row.state is not UploadState.READ:
        raise Refused(f"「{row.state.label}」の取込です。もう一度ファイルを選んでください。")
    row.state = UploadState.TAKING
    arguments = {"upload_id": row.id, "by": by.user_id}
    return enqueue("statistics_take", "統計指標の取込", arguments, by=by)


def discard_upload(row: StatisticUpload, *, by: Viewer | None) -> None:
    """Forget it; nothing is stored.

    Raises:
        Refused: it has been taken in.
    """
    db.session.refresh(row, with_for_update=True)  # it may be being taken in just now
    if row.state is UploadState.DISCARDED:
        return  # pressed twice
    if row.state is UploadState.TAKEN:
        raise Refused("取り込んだものは取りやめられません。")
    row.state, row.ended_at = UploadState.DISCARDED, clock.now()
    audit.record("statistic.discard", row.public_id, by=by)


def take_upload(row: StatisticUpload, sheets: Sequence[Sheet], *, by: Viewer | None) -> int:
    """Write what the preview showed; returns how many rows of any kind changed.

    Where what is stored has changed since, nothing is written: the preview is made anew.
    """
    plan = _plan(sheets)
    if plan.fingerprint != row.fingerprint:
        row.summary, row.fingerprint, row.state = plan.summary(), plan.fingerprint, UploadState.READ
        row.summary["has_moved"] = True
        return 0
    _name(plan)
    for column in plan.columns:
        _write(column)
    touched = {(_id(c), c.heading.year) for c in plan.columns if c.new or c.changed}
    _keep_medians(touched)
    row.state, row.ended_at = UploadState.TAKEN, clock.now()
    db.session.flush()
    audit.record(
        "statistic.import",
        row.public_id,
        by=by,
        new=sum(len(c.new) for c in plan.columns),
        changed=sum(len(c.changed) for c in plan.columns),
    )
    return plan.changes


def _id(column: ColumnPlan) -> int:
    if column.statistic is None:
        raise LookupError(column.heading.name)
    return column.statistic.id


def _name(plan: Plan) -> None:
    """Add the statistics that are new; of several years of one, one."""
    taken = set(db.session.scalars(select(Statistic.code)))
    made: dict[tuple[str, str], Statistic] = {}
    number = len(taken)
    for column in plan.columns:
        heading = column.heading
        if column.statistic is None:
            key = (heading.name, heading.unit)
            if key not in made:
                code = heading.code
                while not code or code in taken:
                    number += 1
                    code = f"S{number:03}"
                taken.add(code)
                made[key] = Statistic(
                    code=code, name=heading.name, unit=heading.unit, source=heading.source
                )
                db.session.add(made[key])
            column.statistic = made[key]
        elif column.has_new_source:
            column.statistic.source = heading.source
    db.session.flush()


def _write(column: ColumnPlan) -> None:
    base = {"statistic_id": _id(column), "year": column.heading.year}
    new = [base | {"lg_code": code, "value": value} for code, value in column.new.items()]
    for first in range(0, len(new), AT_A_TIME):
        db.session.execute(insert(StatisticValue), new[first : first + AT_A_TIME])
    if column.changed:
        table = StatisticValue.__table__
        statement = (
            update(table)  # type: ignore[arg-type]
            .where(
                table.c.statistic_id == base["statistic_id"],
                table.c.year == base["year"],
                table.c.lg_code == bindparam("of_code"),
            )
            .values(value=bindparam("to_value"))
        )
        changes = [{"of_code": code, "to_value": value} for code, value in column.changed.items()]
        db.session.connection().execute(statement, changes)


def _keep_medians(touched: set[tuple[int, int]]) -> None:
    for statistic_id, year in sorted(touched):
        rows = db.session.execute(
            select(Municipality.prefecture_code, StatisticValue.value)
            .join(StatisticValue, StatisticValue.lg_code == Municipality.lg_code)
            .where(StatisticValue.statistic_id == statistic_id, StatisticValue.year == year)
        )
        groups: dict[str, list[float]] = defaultdict(list)
        for prefecture_code, value in rows:
            groups[prefecture_code].append(value)
            groups[NATION].append(value)
        db.session.execute(
            delete(StatisticMedian).where(
                StatisticMedian.statistic_id == statistic_id, StatisticMedian.year == year
            )
        )
        made: list[dict[str, Any]] = [
            {
                "statistic_id": statistic_id,
                "year": year,
                "prefecture_code": prefecture_code,
                "n": len(values),
                "median": median(values),
            }
            for prefecture_code, values in groups.items()
        ]
        db.session.execute(insert(StatisticMedian), made)
