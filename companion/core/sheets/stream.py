"""Data sheets for machines: one heading row, plain cells, streamed in constant memory."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from companion.core.sheets.writer import CELL_LIMIT, Value, sheet_name, text_width
from companion.core.text import BIDI_AND_INVISIBLE, strip_forbidden

# What `strip_forbidden` takes out, as one search: most texts have nothing of it.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff" + "".join(BIDI_AND_INVISIBLE) + "]"
)
_TEXT_FORMAT, _DATE_FORMAT = "@", "yyyy-mm-dd"


def add_data_sheet(
    book: Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]
) -> int:
    """Stream rows into a new sheet at the end, values only; returns how many.

    A text that begins with 「=」 stays a text. Nothing is merged, coloured or computed.
    """
    sheet = WriteOnlyWorksheet(book, sheet_name(name))
    book._add_sheet(sheet)
    for place, heading in enumerate(headings, 1):
        width = min(max(text_width(heading) + 2, 10), 40)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P／&N"
    sheet.append(list(headings))
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.close()
    return count


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> object:
    if isinstance(value, str):
        text = value[:CELL_LIMIT]
        if _FORBIDDEN.search(text):
            text = strip_forbidden(text)
        if text[:1] not in ("=", "#"):
            return text or None
        cell = WriteOnlyCell(sheet, text)
        cell.value, cell.data_type = text, "s"
        return cell
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return value
