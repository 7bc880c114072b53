"""What a template holds: its marks and names, and the things that need a word beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from book import Book, Sheet, address, column_number, tag

MARK = re.compile("《([^《》\n]{1,120})》")
_NAMED_CELL = re.compile(
    r"('(?:[^']|'')+'|[^'!\[\]:]+)!(\$?[A-Z]{1,3}\$?\d{1,7})(?::(\$?[A-Z]{1,3}\$?\d{1,7}))?"
)
_DRAWN = {"sp": "shapes", "pic": "pictures", "graphicFrame": "charts", "cxnSp": "shapes"}
_BY_RELATION = {
    "pivotTable": "pivots",
    "comments": "comments",
    "threadedComment": "comments",
    "table": "tables",
    "slicer": "slicers",
    "timeline": "slicers",
    "ctrlProp": "controls",
}


def look(book: Book) -> dict[str, Any]:
    """Marks and names with their places, and how many of each kind of thing the file holds."""
    return {
        "sheets": [sheet.name for sheet in book.sheets],
        "marks": [mark for sheet in book.sheets for mark in _marks(book, sheet)],
        "names": list(_names(book)),
        "contents": [one for sheet in book.sheets for one in _contents(book, sheet)],
    }


def _marks(book: Book, sheet: Sheet) -> Iterator[dict[str, Any]]:
    headings = _headings(book, sheet)
    for cell in sheet.cells():
        text = book.text(cell)
        formula = cell.find(tag("f"))
        words = text or ("" if formula is None else formula.text or "")
        for found in MARK.finditer(words):
            fault = ""
            if text is None:
                fault = "formula"
            elif cell.get("r") in headings:
                fault = "heading"
            yield {
                "sheet": sheet.name,
                "cell": cell.get("r"),
                "mark": found[1],
                "alone": found[0] == words.strip(),
                "rich": book.is_rich(cell),
                "fault": fault,
            }
    for path in sheet.parts("drawing"):
        for box in book.tree(path).iter():
            if isinstance(box.tag, str) and box.tag.endswith("}txBody"):
                words = "".join(t.text or "" for t in box.iter() if str(t.tag).endswith("}t"))
                for found in MARK.finditer(words):
                    yield {
                        "sheet": sheet.name,
                        "cell": "図形",
                        "mark": found[1],
                        "alone": False,
                        "rich": False,
                        "fault": "shape",
                    }


def _headings(book: Book, sheet: Sheet) -> set[str]:
    """The heading cells of Excel's own tables: their words must stay what the table says."""
    found = set()
    for path in sheet.parts("table"):
        root = book.tree(path)
        if root.get("headerRowCount", "1") == "0":
            continue
        first, _, last = root.get("ref").partition(":")
        (left, row), (right, _) = address(first), address(last or first)
        for cell in sheet.cells():
            letters, number = address(cell.get("r"))
            inside = column_number(left) <= column_number(letters) <= column_number(right)
            if number == row and inside:
                found.add(cell.get("r"))
    return found


def named_cell(target: str) -> tuple[str, str] | None:
    """Sheet and cell of what a name stands for; of a range its first cell; None for the rest."""
    found = _NAMED_CELL.fullmatch(target)
    if found is None:
        return None
    return found[1].strip("'").replace("''", "'"), found[2].replace("$", "")


def _names(book: Book) -> Iterator[dict[str, Any]]:
    for name, target, element in book.named():
        if name.startswith("_xlnm.") or element.get("hidden") == "1":
            continue
        place = named_cell(target)
        sheet, cell = place or ("", "")
        yield {"name": name, "sheet": sheet, "cell": cell, "target": target[:200]}


def _contents(book: Book, sheet: Sheet) -> Iterator[dict[str, Any]]:
    count: dict[str, int] = {}

    def add(kind: str) -> None:
        count[kind] = count.get(kind, 0) + 1

    for kind, path in sheet.related:
        if kind in _BY_RELATION:
            add(_BY_RELATION[kind])
        if kind == "drawing":
            for one in book.tree(path).iter():
                kind_of = _DRAWN.get(str(one.tag).rpartition("}")[2])
                # The same thing may stand a second time, for programs that know less.
                if kind_of and not any(
                    str(above.tag).endswith("}Fallback") for above in one.iterancestors()
                ):
                    add(kind_of)
    for one in sheet.root.iter():
        name = str(one.tag).rpartition("}")[2]
        if name in {"conditionalFormatting", "dataValidation", "sheetProtection", "sparkline"}:
            add(name)
    for kind, number in sorted(count.items()):
        yield {"sheet": sheet.name, "kind": kind, "count": number}
