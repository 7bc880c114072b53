"""A report as bytes of every type: workbook, CSV in an archive, JSON, slides."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from fractions import Fraction
from typing import Any

from companion.core import clock
from companion.core.sheets.csvfile import csv_bytes, csv_cp932
from companion.core.sheets.writer import Value, sheet_name
from companion.reports.slides import make_slides
from companion.reports.tables import Report
from companion.reports.terms import FileType
from companion.reports.workbook import Book, Tell, hash_of, make_book


def make_file(report: Report, file_type: FileType, *, tell: Tell | None = None) -> Book:
    """The report as a file; the same data give the same bytes."""
    if file_type is FileType.XLSX:
        return make_book(report, tell=tell)
    rows = sum(1 for sheet in report.data_sheets() for _ in sheet.rows)
    if file_type is FileType.JSON:
        data = _json(report)
    elif file_type is FileType.PPTX:
        data = make_slides(report)
    else:
        data = _archive(report, is_cp932=file_type is FileType.CSV_CP932)
    return Book(data, rows, hash_of(report))


def _json(report: Report) -> bytes:
    made = {
        "report": report.pack,
        "title": report.title,
        "fiscal_year": report.fiscal_year,
        "edition": report.edition.value,
        "is_demo": report.is_demo,
        "data_hash": hash_of(report),
        "missing": list(report.missing),
        "sheets": [
            {
                "name": sheet.name,
                "columns": sheet.headings,
                "rows": [[_jsonable(value) for value in line] for line in sheet.lines()],
            }
            for sheet in report.data_sheets()
        ],
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _jsonable(value: Value) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Fraction) else value


def _archive(report: Report, *, is_cp932: bool) -> bytes:
    """One CSV a data sheet; in cp932 a list of the characters that it cannot hold."""
    out, lost = io.BytesIO(), list[str]()
    with zipfile.ZipFile(out, "w") as archive:
        for sheet in report.data_sheets():
            lines: list[list[Value]] = [list(sheet.headings), *sheet.lines()]
            if is_cp932:
                data, missing = csv_cp932(lines)
                lost += missing
            else:
                data = csv_bytes(lines)
            _put(archive, f"{sheet_name(sheet.name)}.csv", data, report)
        if is_cp932:
            found = "、".join(f"{c}（U+{ord(c):04X}）" for c in dict.fromkeys(lost))
            words = f"「〓」に置き換えた文字：{found or 'なし'}\r\n"
            _put(archive, "変換できない文字.txt", words.encode("utf-8-sig", "replace"), report)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, report: Report) -> None:
    at = report.as_of or clock.at_jst(dt.date(report.fiscal_year, 4, 1), dt.time())
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, data)
