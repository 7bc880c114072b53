"""Fills a template: single figures into cells, lists into rows that are repeated.

A figure is `[kind, value, words, format]`: kind 「n」 number, 「s」 text, 「d」 day (ISO) or
「」 for nothing; `words` is how it reads inside a sentence. What is wanted:
`{"marks": {mark: {"cell": figure} | {"list": name, "column": place}}, "names": the same by name,
"lists": {name: [[figure, …], …]}}`. A mark that is not in it stays as it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy
from typing import Any

from book import Book, Sheet, address, column_number, tag
from following import follow
from looking import MARK, named_cell
from lxml import etree
from moving import Moves, Repeated

NOTHING = "該当するデータはありません。"
_RISKY = re.compile(r"^[\s\u00a0\u3000]*[=+\-@＝＋－＠\t\r\n']")
Figure = list[Any]


def fill(book: Book, wanted: dict[str, Any]) -> bytes:
    """The filled workbook."""
    filling = _Filling(book, wanted)
    moves = Moves({sheet.name: filling.blocks(sheet) for sheet in book.sheets})
    for sheet in book.sheets:
        filling.rows(sheet, moves)
    follow(book, moves)
    return book.save()


class _Filling:
    def __init__(self, book: Book, wanted: dict[str, Any]) -> None:
        self.book, self.marks, self.lists = book, wanted["marks"], wanted["lists"]
        properties = book.workbook.find(tag("workbookPr"))
        self.is_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        # (sheet, cell) → what a name wants there
        self.named: dict[tuple[str, str], dict[str, Any]] = {}
        for name, target, _ in book.named():
            place = named_cell(target)
            if name in wanted["names"] and place:
                self.named[place] = wanted["names"][name]
        for sheet in book.sheets:
            for name, cell in self.named:
                if name == sheet.name:
                    _cell_at(sheet, cell)
        self.list_of: dict[tuple[str, int], str] = {}

    def blocks(self, sheet: Sheet) -> list[Repeated]:
        """Which rows stand for a record: those with marks of a list; neighbours go together."""
        found: list[Repeated] = []
        for row in sheet.rows.iter(tag("row")):
            number = int(row.get("r"))
            name = next((n for cell in row if (n := self._list_in(sheet, cell))), None)
            if name is None:
                continue
            self.list_of[sheet.name, number] = name
            times, before = len(self.lists[name]), found[-1] if found else None
            if (
                before
                and before.bottom == number - 1
                and self.list_of[sheet.name, number - 1] == name
            ):
                found[-1] = Repeated(before.top, number, times)
            else:
                found.append(Repeated(number, number, times))
        return found

    def _wants(self, sheet: Sheet, cell: Any) -> list[tuple[str, dict[str, Any]]]:
        """The marks of a cell that are to be filled; a name's is called 「」."""
        if by_name := self.named.get((sheet.name, cell.get("r"))):
            return [("", by_name)]
        text = self.book.text(cell) or ""
        return [(m, self.marks[m]) for m in MARK.findall(text) if m in self.marks]

    def _list_in(self, sheet: Sheet, cell: Any) -> str | None:
        return next((w["list"] for _, w in self._wants(sheet, cell) if "list" in w), None)

    def rows(self, sheet: Sheet, moves: Moves) -> None:
        """Write the rows anew: single ones filled, those of a block once a record."""
        data = sheet.rows
        listed = list(data.iter(tag("row")))
        _unshare(sheet, moves)
        for row in listed:
            data.remove(row)
        place = 0
        while place < len(listed):
            number = int(listed[place].get("r"))
            block = moves.block_at(sheet.name, number)
            if block is None:
                data.append(self._row(sheet, listed[place], moves, moves.row(sheet.name, number)))
                place += 1
                continue
            name = self.list_of[sheet.name, number]
            height = block.height
            records = self.lists[name] or [None]
            for record, values in enumerate(records):
                for row in listed[place : place + height]:
                    at = moves.row(sheet.name, int(row.get("r"))) + record * height
                    copied = deepcopy(row)
                    data.append(self._row(sheet, copied, moves, at, name, record, values))
            place += height

    def _row(
        self,
        sheet: Sheet,
        row: Any,
        moves: Moves,
        at: int,
        name: str = "",
        record: int = 0,
        values: list[Figure] | None = None,
    ) -> Any:
        block = moves.block_at(sheet.name, int(row.get("r")))
        if name and row.get("customHeight") not in {"1", "true"}:
            row.attrib.pop("ht", None)  # as high as the words need
        is_empty, is_said = bool(name) and values is None, False
        for cell in row:
            wants = self._wants(sheet, cell)
            letters, _ = address(cell.get("r"))
            formula = cell.find(tag("f"))
            if formula is not None and formula.text:
                formula.text = moves.formula(
                    sheet.name, formula.text, record=record, block=block if name else None
                )
                if name and formula.get("ref"):
                    formula.set("ref", f"{letters}{at}")
                _forget_value(cell)
            elif is_empty and any("list" in want for _, want in wants):
                self._put(cell, ["s", "" if is_said else NOTHING, "", ""])
                is_said = True
            elif wants:
                self._fill(cell, wants, name, values)
            cell.set("r", f"{letters}{at}")
        row.set("r", str(at))
        return row

    def _fill(
        self,
        cell: Any,
        wants: list[tuple[str, dict[str, Any]]],
        name: str,
        values: list[Figure] | None,
    ) -> None:
        figures: dict[str, Figure] = {}
        for mark, want in wants:
            if "list" not in want:
                figures[mark] = want["cell"]
            elif want["list"] == name and values is not None:
                figures[mark] = values[want["column"]]
        if "" in figures:
            self._put(cell, figures[""])
            return
        text = self.book.text(cell) or ""
        only = MARK.fullmatch(text.strip())
        if only and only[1] in figures:
            self._put(cell, figures[only[1]])
            return
        words = MARK.sub(lambda m: figures[m[1]][2] if m[1] in figures else m[0], text)
        self._put(cell, ["s", words, words, ""])

    def _put(self, cell: Any, figure: Figure) -> None:
        kind, value, _, number_format = figure
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        style = int(cell.get("s", 0))
        if kind == "s" and value:
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, tag("is")), tag("t"))
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            if _RISKY.match(value):
                # Excel then keeps the text a text when somebody edits the cell.
                style = self.book.dressed(style, "", True)
        elif kind in {"n", "d"}:
            number = _serial(value, self.is_1904) if kind == "d" else value
            etree.SubElement(cell, tag("v")).text = repr(number)
            style = self.book.dressed(style, number_format, False)
        if style:
            cell.set("s", str(style))


def _serial(day: str, is_1904: bool) -> int:
    epoch = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 30)
    return (dt.date.fromisoformat(day) - epoch).days


def _forget_value(cell: Any) -> None:
    """What Excel computed last is no longer true; it computes again when the file is opened."""
    value = cell.find(tag("v"))
    if value is not None:
        cell.remove(value)
    cell.attrib.pop("t", None)


def _unshare(sheet: Sheet, moves: Moves) -> None:
    """Give every cell of a shared formula its own: their places change one by one."""
    from openpyxl.formula.translate import Translator

    masters: dict[str, tuple[str, str]] = {}
    for cell in sheet.cells():
        formula = cell.find(tag("f"))
        if formula is None:
            continue
        if formula.get("t") in {"array", "dataTable"} and formula.get("ref"):
            formula.set("ref", moves.area(sheet.name, formula.get("ref"), grows=False))
        if formula.get("t") != "shared":
            continue
        group = formula.get("si")
        if formula.text:
            masters[group] = (formula.text, cell.get("r"))
        else:
            text, origin = masters[group]
            moved = Translator(f"={text}", origin=origin).translate_formula(cell.get("r"))
            formula.text = moved[1:]
        for name in ("t", "si", "ref"):
            formula.attrib.pop(name, None)


def _cell_at(sheet: Sheet, reference: str) -> Any:
    """The cell at a place; one that does not stand in the file yet is made."""
    letters, number = address(reference)
    rows = list(sheet.rows)
    row = next((one for one in rows if int(one.get("r")) == number), None)
    if row is None:
        row = etree.Element(tag("row"), r=str(number))
        later = next((i for i, one in enumerate(rows) if int(one.get("r")) > number), len(rows))
        sheet.rows.insert(later, row)
    wanted = column_number(letters)
    for place, cell in enumerate(row):
        here = column_number(address(cell.get("r"))[0])
        if here == wanted:
            return cell
        if here > wanted:
            new = etree.Element(tag("c"), r=reference)
            row.insert(place, new)
            return new
    return etree.SubElement(row, tag("c"), r=reference)
