"""Saving workbooks: the same content and moment give the same bytes, in constant memory."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

_MODIFIED = re.compile(rb"<dcterms:(created|modified)([^>]*)>[^<]*<")
_AFTER_IGNORED = re.compile(rb"<(?:drawing|legacyDrawing|tableParts|extLst)\b|</worksheet>")
# Excel would mark codes such as 「011002」 as 「number stored as text」.
_DIGITS_AS_TEXT = (
    b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>'
)
_CHUNK, _TAIL = 1 << 20, 1 << 16
_IN_MEMORY = 16 << 20


class _Writer(ExcelWriter):
    """Writes data sheets (`stream`), whose rows lie in files, beside ordinary ones."""

    def write_worksheet(self, ws: Any) -> None:
        if not isinstance(ws, WriteOnlyWorksheet):
            super().write_worksheet(ws)
            return
        ws._drawing = SpreadsheetDrawing()
        if not ws.closed:
            ws.close()
        writer = ws._writer
        ws._rels = writer._rels
        with open(writer.out, "rb") as frame:
            before, end, after = frame.read().partition(b"</sheetData>")
        with self._archive.open(ws.path[1:], "w", force_zip64=True) as target:
            target.write(before)
            ws.rows_file.seek(0)
            shutil.copyfileobj(ws.rows_file, target, _CHUNK)
            target.write(end + after)
        ws.rows_file.close()
        self.manifest.append(ws)
        writer.cleanup()


def save_bytes(
    book: Workbook, *, at: dt.datetime, descriptions: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """The workbook as .xlsx; the same content and the same `at` give the same bytes.

    Args:
        at: the time written as created and modified, aware; cut to the second.
        descriptions: part name of a drawing (「xl/drawings/drawing1.xml」) → the alternative
            text of each of its charts, which openpyxl cannot write.
    """
    moment = at.astimezone(dt.UTC).replace(microsecond=0)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    zip_time = (max(moment.year, 1980), *moment.timetuple()[1:6])
    book.properties.created = moment.replace(tzinfo=None)
    made = io.BytesIO()
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as raw:
        # Packed once only, when it is copied: packing twice would take twice as long.
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            _Writer(book, archive).save()
        raw.seek(0)
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(made, "w") as new:
            names = sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part))
            for name in names:
                entry = zipfile.ZipInfo(name, zip_time)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                with old.open(name) as source, new.open(entry, "w") as target:
                    if name.startswith("xl/worksheets/sheet"):
                        _copy_sheet(source, target)
                    else:
                        target.write(_part(name, source.read(), stamp, descriptions or {}))
    return made.getvalue()


def _part(name: str, data: bytes, stamp: bytes, descriptions: Mapping[str, Sequence[str]]) -> bytes:
    if name == "docProps/core.xml":
        return _MODIFIED.sub(rb"<dcterms:\1\2>" + stamp + b"<", data)
    for number, text in enumerate(descriptions.get(name, ()), 1):
        escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        mark = f'name="Chart {number}"'.encode()
        data = data.replace(mark, mark + f' descr="{escaped}"'.encode(), 1)
    return data


def _copy_sheet(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy a sheet of any length, with the mark that allows digits as text before its end."""
    tail = b""
    while piece := source.read(_CHUNK):
        tail += piece
        if len(tail) > _TAIL:
            target.write(tail[:-_TAIL])
            tail = tail[-_TAIL:]
    # What follows the rows is short; the cells themselves hold no such element.
    found = _AFTER_IGNORED.search(tail, max(tail.rfind(b"</sheetData>"), 0))
    at = found.start() if found else len(tail)
    target.write(tail[:at] + _DIGITS_AS_TEXT + tail[at:])
