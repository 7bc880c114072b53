"""The audit trail as a file: a table for reading, JSON lines for checking."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence

from companion.audits.terms import label_of
from companion.core import audit, clock
from companion.core.audit import AuditLine
from companion.core.sheets.csvfile import csv_bytes
from companion.core.sheets.writer import Column, Value, add_sheet, new_book, save_bytes, write_table

COLUMNS = [
    Column("番号", "count"),
    Column("日時（日本時間）"),
    Column("だれが"),
    Column("役割"),
    Column("何をしたか"),
    Column("何に"),
    Column("内容"),
    Column("要求番号"),
    Column("接続元"),
    Column("ハッシュ"),
]


def _row(line: AuditLine) -> list[Value]:
    return [
        line.id,
        f"{clock.to_jst(line.at):%Y-%m-%d %H:%M:%S}",
        line.actor,
        line.role,
        label_of(line.action),
        line.target,
        json.dumps(line.detail, ensure_ascii=False),
        line.request_id,
        line.address,
        line.hash,
    ]


def as_workbook(lines: Sequence[AuditLine]) -> bytes:
    """The lines as .xlsx."""
    book = new_book("監査記録")
    write_table(add_sheet(book, "監査記録"), COLUMNS, [_row(line) for line in lines])
    return save_bytes(book, at=clock.now())


def as_csv(lines: Sequence[AuditLine]) -> bytes:
    """The lines as CSV."""
    headings: list[Value] = [column.heading for column in COLUMNS]
    return csv_bytes([headings, *map(_row, lines)])


def as_json_lines(lines: Iterable[dict[str, object]]) -> bytes:
    """Whole lines, one JSON object each: what `companion audit verify --export` reads."""
    out = io.StringIO()
    for line in lines:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return out.getvalue().encode()


def whole_trail() -> bytes:
    """Every line from the first to the last."""
    return as_json_lines(audit.all_lines())
