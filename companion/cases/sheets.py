"""The list of articles as Excel: one row an article, every part in a column of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from companion.cases.models import Case
from companion.cases.terms import Section
from companion.core import clock
from companion.core.sheets.writer import Column, Value, add_list, new_book, save_bytes
from companion.core.wareki import wareki
from companion.periods.models import Period

_COLUMNS = (
    Column("団体コード", "code", 11),
    Column("団体", "text", 20),
    Column("政策分野", "text", 16),
    Column("題名", "text", 30),
    Column("状態", "text", 14),
    Column("公開日", "text", 16),
    *(Column(section.label, "text", 36) for section in Section),
)


def case_list(period: Period, cases: Sequence[Case], made: dt.datetime) -> bytes:
    """The workbook, on A4 across."""
    book = new_book(f"{period.name} 好事例一覧")
    title = f"{period.name}　好事例一覧"
    note = f"{wareki(clock.to_jst(made).date())}現在　{len(cases)}件"
    add_list(book, "好事例一覧", title, note, _COLUMNS, [_row(case) for case in cases])
    return save_bytes(book, at=made)


def _row(case: Case) -> list[Value]:
    town = case.team.challenge.municipality
    published = wareki(clock.to_jst(case.published_at).date()) if case.published_at else ""
    return [
        town.lg_code,
        town.full_name,
        case.field.label,
        case.title,
        case.state.label,
        published,
        *case.texts.values(),
    ]
