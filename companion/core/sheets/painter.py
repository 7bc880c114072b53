"""Paints the refused cells of a workbook red, in a process of its own; see `marking`.

Standard input: one line of JSON with the marks, then the workbook. Standard output: the workbook.
Knows openpyxl and the standard library only.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
RESULT_SHEET = "取込結果"


def paint(data: bytes, marks: list[dict[str, Any]]) -> bytes:
    """The workbook with red cells, a comment in each, and a sheet that lists them."""
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    red = PatternFill("solid", fgColor="FFC7CE")
    book = load_workbook(io.BytesIO(data), keep_links=False)
    for mark in marks:
        sheet = book[mark["sheet"]]
        row, column = mark["row"], mark["column_number"]
        for merged in sheet.merged_cells.ranges:
            if (
                merged.min_row <= row <= merged.max_row
                and merged.min_col <= column <= merged.max_col
            ):
                row, column = merged.min_row, merged.min_col
        cell = sheet.cell(row, column)
        cell.fill = red
        before = cell.comment.text + "\n" if cell.comment else ""
        cell.comment = Comment(before + mark["message"], "companion", width=360, height=120)
    if RESULT_SHEET in book.sheetnames:
        book.remove(book[RESULT_SHEET])
    result = book.create_sheet(RESULT_SHEET)
    heading = {
        "sheet": "シート",
        "row": "行",
        "column": "列",
        "value": "見つかった値",
        "message": "内容",
    }
    for number, mark in enumerate([heading, *marks], 1):
        for place, key in enumerate(heading, 1):
            cell = result.cell(number, place, mark[key])
            if isinstance(mark[key], str):
                cell.data_type = "s"
                cell.quotePrefix = mark[key][:1] in "=+-@"
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (20, 6, 30, 30, 90), strict=True):
        result.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def main() -> None:
    """Read marks and workbook, write the painted workbook."""
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    warnings.simplefilter("ignore")  # of parts openpyxl leaves out; nobody reads them here
    marks = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(paint(sys.stdin.buffer.read(), marks))


if __name__ == "__main__":
    main()
