"""Reports in the background: long ones with progress and 中止, and those made by themselves."""

from __future__ import annotations

from typing import Any

from companion.core import clock
from companion.core.access import Role, Viewer
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.jobs import Running, enqueue, work
from companion.periods.models import Period
from companion.reports.actions import Wanted, make_export
from companion.reports.packs import PACKS
from companion.reports.queries import all_plans
from companion.reports.terms import Edition, FileType


class Stopped(Refused):
    """Somebody pressed 中止."""


@work("report")
def make_report(arguments: dict[str, Any], running: Running) -> str | None:
    """Make one report (`period_id`, `pack`, `edition`, `file_type`, `origin`, `by`).

    With `template_version` it is filled into that form of the office.
    """
    pack = PACKS[arguments["pack"]]
    running.tell(5, f"「{pack.title}」の数値を集めています。")

    def tell(percent: int, words: str) -> None:
        # A transaction of its own would end the one that is being read in: only look now and then.
        if percent and _is_cancelled(running):
            raise Stopped("中止しました。")

    with saved():
        period = db.session.get_one(Period, arguments["period_id"])
        export, _ = make_export(
            period,
            Wanted(
                arguments["pack"],
                Edition(arguments["edition"]),
                FileType(arguments["file_type"]),
                arguments.get("template_version"),
            ),
            by=_viewer(arguments.get("by")),
            origin=arguments["origin"],
            tell=tell,
        )
        return f"/exports/{export.public_id}"  # no request here to build links from


def _is_cancelled(running: Running) -> bool:
    from sqlalchemy import select

    from companion.core.jobs import Job

    with db.engine.connect() as connection:
        return bool(connection.scalar(select(Job.is_cancel_wanted).where(Job.id == running.job_id)))


def _viewer(stored: dict[str, Any] | None) -> Viewer | None:
    # The queue keeps JSON: the role comes back as its code.
    return Viewer(**(stored | {"role": Role(stored["role"])})) if stored else None


def queue_due_reports() -> int:
    """Queue every report whose day has come, once each; returns how many."""
    count = 0
    with saved():
        for plan in all_plans():
            due = plan.rhythm.due_on(clock.today())
            if plan.last_on is not None and plan.last_on >= due:
                continue
            plan.last_on = due
            enqueue(
                "report",
                f"{plan.period.name} {PACKS[plan.pack].title}（自動）",
                {
                    "period_id": plan.period_id,
                    "pack": plan.pack,
                    "edition": plan.edition.value,
                    "file_type": FileType.XLSX.value,
                    "origin": "自動",
                    "by": None,
                },
                by=None,
            )
            count += 1
    return count
