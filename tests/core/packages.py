"""Makes the workbooks that tests read: honest ones with openpyxl, hostile ones part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def book_of(
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "表",
    more: dict[str, Iterable[Sequence[Any]]] | None = None,
    hidden: Sequence[str] = (),
    then: Callable[[Worksheet], object] | None = None,
) -> bytes:
    """A workbook as Excel would write it; a text that begins with 「=」 is a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in {sheet: rows, **(more or {})}.items():
        page = book.create_sheet(name)
        for line in lines:
            page.append(list(line))
        if name in hidden:
            page.sheet_state = "hidden"
        if name == sheet and then:
            then(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of these parts and the three without which nothing is a workbook."""
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (whole | parts).items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet_xml(cells: str, *, after: str = "") -> str:
    """A sheet with these rows, as XML."""
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData>{after}</worksheet>"
    )
