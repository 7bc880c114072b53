"""What else names rows: merged cells, rules, names, breaks, tables, charts, pictures, comments."""

from __future__ import annotations

import re
from typing import Any

from book import Book, Sheet, address, tag
from lxml import etree
from moving import Moves, Repeated

_AREAS = {"conditionalFormatting", "dataValidation", "ignoredError", "protectedRange", "selection"}
_REFERENCES = {"hyperlink", "autoFilter", "sortState", "sortCondition", "dimension"}
_FORMULAS = {"formula", "formula1", "formula2"}
_NOTE_ROW = re.compile(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)")
_NOTE_BOX = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def follow(book: Book, moves: Moves) -> None:
    """Bring everything that names rows to where they are now; the rows themselves stand already."""
    if any(moves.repeated.values()):
        for sheet in book.sheets:
            _sheet(book, sheet, moves)
        for path in [name for name in book.parts if "/charts/" in name.lower()]:
            if path.lower().endswith(".xml") and "/_rels/" not in path.lower():
                _chart(book.tree(path), moves)
        _names(book, moves)
    for path in [n for n in book.parts if "pivotcachedefinition" in n.lower()]:
        if path.lower().endswith(".xml"):
            book.tree(path).set("refreshOnLoad", "1")
    _compute_on_opening(book)


def _sheet(book: Book, sheet: Sheet, moves: Moves) -> None:
    _merged(sheet, moves)
    for one in sheet.root.iter():
        name = _local(one)
        if name in _AREAS and one.get("sqref"):
            one.set("sqref", _areas(moves, sheet.name, one.get("sqref"), name != "selection"))
        if name in _REFERENCES and one.get("ref"):
            one.set("ref", moves.area(sheet.name, one.get("ref"), grows=False))
        for attribute in ("activeCell", "topLeftCell"):
            if one.get(attribute):
                one.set(attribute, moves.area(sheet.name, one.get(attribute), grows=False))
        if name in _FORMULAS and one.text:
            one.text = moves.formula(sheet.name, one.text)
        elif name == "sqref" and one.text:
            one.text = _areas(moves, sheet.name, one.text, True)
        elif name == "f" and one.tag != tag("f") and one.text:
            one.text = moves.formula(sheet.name, one.text)
        elif name == "brk" and _local(one.getparent()) == "rowBreaks":
            one.set("id", str(moves.end(sheet.name, int(one.get("id")))))
    for path in sheet.parts("table"):
        for one in book.tree(path).iter():
            if one.get("ref"):
                one.set("ref", moves.area(sheet.name, one.get("ref"), grows=False))
    for kind in ("comments", "threadedComment"):
        for path in sheet.parts(kind):
            for one in book.tree(path).iter():
                if one.get("ref"):
                    one.set("ref", moves.area(sheet.name, one.get("ref"), grows=False))
    for path in sheet.parts("drawing"):
        for one in book.tree(path).iter():
            if _local(one) == "row" and _local(one.getparent()) in {"from", "to"}:
                one.text = str(moves.row(sheet.name, int(one.text) + 1) - 1)
    for path in sheet.parts("vmlDrawing"):
        name = book.by_name[path.lower()]
        book.parts[name] = _notes(book.parts[name], sheet.name, moves)
    for path in sheet.parts("pivotTable"):
        for one in book.tree(path).iter():
            if _local(one) == "location":
                one.set("ref", moves.area(sheet.name, one.get("ref"), grows=False))


def _areas(moves: Moves, sheet: str, sqref: str, grows: bool) -> str:
    return " ".join(moves.area(sheet, one, grows=grows) for one in sqref.split())


def _merged(sheet: Sheet, moves: Moves) -> None:
    """Merged cells: those of a block come again with every record, those around it grow."""
    listed = sheet.root.find(tag("mergeCells"))
    if listed is None:
        return
    for one in list(listed):
        first, _, last = one.get("ref").partition(":")
        (left, top), (right, bottom) = address(first), address(last or first)
        block: Repeated | None = moves.block_at(sheet.name, top)
        if block is None or bottom > block.bottom:
            one.set("ref", moves.area(sheet.name, one.get("ref"), grows=False))
            continue
        for record in range(max(block.times, 1)):
            step = record * block.height + moves.row(sheet.name, top) - top
            reference = f"{left}{top + step}:{right}{bottom + step}"
            if record:
                etree.SubElement(listed, tag("mergeCell"), ref=reference)
            else:
                one.set("ref", reference)
    listed.set("count", str(len(listed)))


def _names(book: Book, moves: Moves) -> None:
    names = [sheet.get("name") for sheet in book.workbook.iter(tag("sheet"))]
    for one in book.names():
        local = one.get("localSheetId")
        here = names[int(local)] if local else ""
        if one.text:
            one.text = moves.formula(here, one.text)


def _chart(root: Any, moves: Moves) -> None:
    for one in root.iter():
        if _local(one) != "f" or not one.text:
            continue
        moved = moves.formula("", one.text, grows=True)
        if moved == one.text:
            continue
        one.text = moved
        kept = one.getparent()
        for cache in [c for c in kept if _local(c) in {"numCache", "strCache"}]:
            kept.remove(cache)  # the old values; Excel reads the cells


def _notes(part: bytes, sheet: str, moves: Moves) -> bytes:
    """The boxes of comments; this part is often no proper XML, so it is changed as text."""

    def row(found: re.Match[bytes]) -> bytes:
        new = moves.row(sheet, int(found[2]) + 1) - 1
        return found[1] + str(new).encode() + found[3]

    def box(found: re.Match[bytes]) -> bytes:
        numbers = [piece.strip() for piece in found[2].split(b",")]
        if len(numbers) == 8:
            for place in (2, 6):
                numbers[place] = str(moves.row(sheet, int(numbers[place]) + 1) - 1).encode()
        return found[1] + b", ".join(numbers) + found[3]

    return _NOTE_BOX.sub(box, _NOTE_ROW.sub(row, part))


def _compute_on_opening(book: Book) -> None:
    found = book.workbook.find(tag("calcPr"))
    if found is None:
        found = etree.Element(tag("calcPr"))
        before = [
            one
            for one in book.workbook
            if _local(one) in {"sheets", "functionGroups", "externalReferences", "definedNames"}
        ]
        before[-1].addnext(found)
    found.set("fullCalcOnLoad", "1")
