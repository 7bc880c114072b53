"""A team's log as a workbook: what was done, who was there, what comes next; printed on A4."""

from __future__ import annotations

from collections.abc import Sequence

from companion.activities.models import Activity, NextAction
from companion.activities.terms import AttendanceStatus
from companion.core import clock
from companion.core.sheets.writer import (
    Column,
    add_list,
    add_sheet,
    new_book,
    put,
    save_bytes,
    set_page,
    write_table,
)
from companion.core.wareki import wareki
from companion.teams.models import Team

_LOG = (
    Column("日付", "text", 20),
    Column("種別", "text", 14),
    Column("テーマ", "text", 26),
    Column("出席した支援官", "text", 18),
    Column("自治体・外部の参加者", "text", 22),
    Column("現状・論点", "text", 30),
    Column("助言・提供情報", "text", 30),
    Column("決定事項", "text", 30),
    Column("次回まで", "text", 30),
    Column("場所・手段", "text", 16),
    Column("状態", "text", 12),
)
_ACTIONS = (
    Column("内容", "text", 40),
    Column("担当", "text", 16),
    Column("期限", "text", 20),
    Column("状態", "text", 12),
    Column("理由", "text", 30),
)


def log_workbook(
    team: Team, activities: Sequence[Activity], actions: Sequence[NextAction], *, with_minutes: bool
) -> bytes:
    """The log and the next actions of a team; minutes are left out for the municipality."""
    town = team.challenge.municipality.full_name
    book = new_book(f"{town} 活動記録")
    title = f"{team.period.name}　{town}　活動記録"
    note = f"{wareki(clock.today())}現在　{len(activities)}件"
    columns = [*_LOG, *([Column("時間（分、全員）", "count", 12)] if with_minutes else [])]
    log = [_row(row, with_minutes) for row in activities]
    add_list(book, "活動記録", title, note, columns, log)
    tasks = add_sheet(book, "宿題")
    put(tasks, 1, 1, f"{team.period.name}　{town}　宿題", "title")
    rows = [
        [
            action.text,
            action.owner_label,
            wareki(action.due_on) if action.due_on else "",
            action.state.label,
            action.reason,
        ]
        for action in actions
    ]
    write_table(tasks, _ACTIONS, rows, top=3)
    set_page(tasks, title_rows="3:3", freeze="A4")
    return save_bytes(book, at=clock.now())


def _row(activity: Activity, with_minutes: bool) -> list[str | int | None]:
    present = [
        row.member.official.name
        for row in activity.attendances
        if row.status is AttendanceStatus.PRESENT
    ]
    guests = [" ".join(filter(None, (g.organisation, g.post, g.name))) for g in activity.guests]
    cells: list[str | int | None] = [
        wareki(activity.day),
        activity.kind.label,
        activity.title,
        "、".join(present),
        "、".join(guests),
        activity.present_state,
        activity.advice,
        activity.decisions,
        activity.until_next,
        "、".join(filter(None, (activity.place, activity.medium))),
        activity.state.label,
    ]
    return [*cells, sum(row.minutes for row in activity.attendances)] if with_minutes else cells
