"""Data sheets for machines: one heading row, plain cells, streamed in constant memory.

The rows are written as XML straight into a file that saving puts into the sheet: making a cell
object for each of a million cells takes three times as long.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from companion.core.sheets.writer import CELL_LIMIT, Value, free_name, text_width
from companion.core.text import BIDI_AND_INVISIBLE, strip_forbidden

# What `strip_forbidden` takes out, and what XML would read as its own, each as one search: most
# texts have nothing of either.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff" + "".join(BIDI_AND_INVISIBLE) + "]"
)
_MARKUP = re.compile("[&<>]")
_AT_A_TIME = 1_000  # rows joined before they go to the file
_IN_MEMORY = 4 << 20


class DataWorksheet(WriteOnlyWorksheet):
    """A sheet whose rows under the heading lie in a file of their own, as XML."""

    rows_file: IO[bytes]


def add_data_sheet(
    book: Workbook,
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    classification: str = "取扱注意",
) -> int:
    """Stream rows into a new sheet at the end, values only; returns how many.

    A text that begins with 「=」 stays a text. Nothing is merged, coloured or computed; when it is
    printed, the pages say how to handle them (取扱区分).
    """
    sheet = DataWorksheet(book, free_name(book, name))
    book._add_sheet(sheet)
    for place, heading in enumerate(headings, 1):
        width = min(max(text_width(heading) + 2, 10), 40)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.right.text = classification
    sheet.oddFooter.center.text, sheet.oddFooter.right.text = "&P／&N", "&A"
    sheet.append([_heading(sheet, heading) for heading in headings])
    sheet.rows_file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 closed when saved
    letters = [get_column_letter(place) for place in range(1, len(headings) + 1)]
    write = _writer_of(sheet)
    number, pieces = 1, list[str]()
    for number, row in enumerate(rows, 2):
        cells = "".join(
            [write(f"{letter}{number}", v) for letter, v in zip(letters, row, strict=True)]
        )
        pieces.append(f'<row r="{number}">{cells}</row>')
        if len(pieces) == _AT_A_TIME:
            sheet.rows_file.write("".join(pieces).encode())
            pieces.clear()
    sheet.rows_file.write("".join(pieces).encode())
    sheet.close()
    return number - 1


def _heading(sheet: DataWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.value, cell.data_type = strip_forbidden(text), "s"
    return cell


def _writer_of(sheet: DataWorksheet) -> Callable[[str, Value], str]:
    """What turns a place and a value into a cell; styles of days are the workbook's own."""
    day = WriteOnlyCell(sheet, dt.date(2025, 4, 1)).style_id
    moment = WriteOnlyCell(sheet, dt.datetime(2025, 4, 1, 1)).style_id  # noqa: DTZ001 for its format

    def write(at: str, value: Value) -> str:
        kind = type(value)
        if value is None or value == "":
            return ""
        if kind is int or kind is float:
            return f'<c r="{at}"><v>{value!r}</v></c>'
        if kind is str:
            return f'<c r="{at}" t="inlineStr"><is>{_text(value)}</is></c>'  # type: ignore[arg-type]
        if kind is bool:
            return f'<c r="{at}"><v>{int(value)}</v></c>'  # type: ignore[arg-type]
        if kind is Fraction:
            return f'<c r="{at}"><v>{float(value)!r}</v></c>'  # type: ignore[arg-type]
        if kind is dt.date:
            return f'<c r="{at}" s="{day}"><v>{to_excel(value)}</v></c>'
        plain = value.replace(tzinfo=None)  # type: ignore[union-attr,call-arg]
        return f'<c r="{at}" s="{moment}"><v>{to_excel(plain)}</v></c>'

    return write


def _text(value: str) -> str:
    text = value[:CELL_LIMIT]
    if _FORBIDDEN.search(text):
        text = strip_forbidden(text)
    if _MARKUP.search(text):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if text[:1].isspace() or text[-1:].isspace() or "\n" in text:
        return f'<t xml:space="preserve">{text}</t>'
    return f"<t>{text}</t>"
