"""CSV that spreadsheets open without running anything: UTF-8 with BOM, cp932 by choice."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from companion.core.sheets.writer import Value
from companion.core.text import strip_forbidden

# Every beginning that some spreadsheet reads as a formula, also behind spaces of any kind.
_FORMULA = re.compile(r"^[\s\u00a0\u3000]*[=+\-@＝＋－＠\t\r\n]|^[\t\r\n]")


def guard(text: str) -> str:
    """The text with 「'」 before it when a spreadsheet would take it for a formula."""
    text = strip_forbidden(text)
    return f"'{text}" if _FORMULA.match(text) else text


def csv_text(rows: Iterable[Sequence[Value]]) -> str:
    """Rows as CSV with CR LF; numbers stay numbers, days are ISO, text is guarded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(value) for value in row])
    return out.getvalue()


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """Rows as UTF-8 with BOM, which Excel needs to read Japanese."""
    return csv_text(rows).encode("utf-8-sig", errors="replace")


def csv_cp932(rows: Iterable[Sequence[Value]]) -> tuple[bytes, list[str]]:
    """Rows in cp932 and the characters it does not know (𠮷 among them), replaced by 「〓」."""
    text = csv_text(rows)
    lost = []
    for character in dict.fromkeys(text):
        try:
            character.encode("cp932")
        except UnicodeEncodeError:
            lost.append(character)
            text = text.replace(character, "〓")
    return text.encode("cp932"), lost


def _written(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "○" if value else "×"
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Fraction) else value
