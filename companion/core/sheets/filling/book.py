"""A workbook as its parts: sheets, texts, styles and names as XML, everything else as it came.

Nothing that is not changed here is written anew, so pictures, shapes, charts and print set-up stay
what they were.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
GENERAL, AS_TEXT = 0, 49
FIRST_CUSTOM_FORMAT = 164


def tag(name: str) -> str:
    """The full name of an element of a sheet."""
    return f"{{{MAIN}}}{name}"


def parsed(part: bytes) -> Any:
    """A part as a tree; entities are never resolved."""
    return etree.fromstring(part, _PARSER)


def serialised(root: Any) -> bytes:
    """A tree as a part."""
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def column_number(letters: str) -> int:
    """1 for 「A」."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """「A」 for 1."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(reference: str) -> tuple[str, int]:
    """Column letters and row of 「$B$5」."""
    found = _ADDRESS.fullmatch(reference.upper())
    if found is None:
        raise ValueError(reference)
    return found[1], int(found[2])


@dataclass
class Sheet:
    """One worksheet and the parts that belong to it, by the end of their relation's type."""

    name: str
    path: str
    state: str
    root: Any
    related: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> Any:
        """The element that holds the rows."""
        return self.root.find(tag("sheetData"))

    def cells(self) -> Any:
        """Every cell that stands in the file."""
        return self.rows.iter(tag("c"))

    def parts(self, kind: str) -> list[str]:
        """The parts of a kind, such as 「drawing」."""
        return [path for end, path in self.related if end == kind]


class Book:
    """The parts of an .xlsx that passed the guard."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            self.parts = {entry.filename: archive.read(entry) for entry in self.entries}
        self.by_name = {name.lower(): name for name in self.parts}
        self.workbook = parsed(self.part("xl/workbook.xml"))
        self.trees: dict[str, Any] = {}
        targets = self.related("xl/workbook.xml")
        self.sheets: list[Sheet] = []
        for found in self.workbook.iter(tag("sheet")):
            kind, path = targets[found.get(f"{{{RELATION}}}id")]
            if kind == "worksheet":
                sheet = Sheet(found.get("name"), path, found.get("state", "visible"), None)
                sheet.root = self.tree(path)
                _number(sheet)
                sheet.related = list(self.related(path).values())
                self.sheets.append(sheet)
        kinds = dict(targets.values())
        self.styles: Any = self.tree(kinds["styles"]) if "styles" in kinds else None
        strings = kinds.get("sharedStrings")
        root = parsed(self.part(strings)) if strings else ()
        self.strings = [_text_of(item) for item in root if item.tag == tag("si")]
        self._dressed: dict[tuple[int, str, bool], int] = {}

    def part(self, path: str) -> bytes:
        """A part, whatever the case of its name."""
        return self.parts[self.by_name[path.lower()]]

    def tree(self, path: str) -> Any:
        """A part as a tree that is written back when saving."""
        name = self.by_name[path.lower()]
        if name not in self.trees:
            self.trees[name] = parsed(self.parts[name])
        return self.trees[name]

    def related(self, path: str) -> dict[str, tuple[str, str]]:
        """id → (kind, path) of what a part leads to inside the file."""
        folder, _, name = path.rpartition("/")
        listed = f"{folder}/_rels/{name}.rels".lower()
        if listed not in self.by_name:
            return {}
        found = {}
        for one in parsed(self.part(listed)):
            if one.get("TargetMode") == "External" or one.get("Target") is None:
                continue
            target = one.get("Target")
            whole = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id")] = (kind, posixpath.normpath(whole))
        return found

    def text(self, cell: Any) -> str | None:
        """The text of a cell that holds one; None for numbers and formulas."""
        if cell.find(tag("f")) is not None:
            return None
        kind, value = cell.get("t"), cell.find(tag("v"))
        if kind == "s" and value is not None:
            return self.strings[int(value.text)][0]
        if kind == "inlineStr":
            inline = cell.find(tag("is"))
            return None if inline is None else _text_of(inline)[0]
        return None

    def is_rich(self, cell: Any) -> bool:
        """True when parts of the cell's text have a look of their own."""
        value = cell.find(tag("v"))
        return cell.get("t") == "s" and value is not None and self.strings[int(value.text)][1]

    def named(self) -> list[tuple[str, str, Any]]:
        """Name, what it stands for, and its element, of all defined names."""
        return [(one.get("name"), one.text or "", one) for one in self.names()]

    def names(self) -> list[Any]:
        """The elements of the defined names."""
        return list(self.workbook.iter(tag("definedName")))

    def dressed(self, style: int, number_format: str, is_text: bool) -> int:
        """The number of a style like `style`: with a format where it has none, or marked as text.

        Formats of the office stay; only 「標準」 and 「文字列」 give way to that of the figure.
        """
        key = (style, number_format, is_text)
        if key not in self._dressed:
            self._dressed[key] = self._dress(style, number_format, is_text)
        return self._dressed[key]

    def _dress(self, style: int, number_format: str, is_text: bool) -> int:
        formats = None if self.styles is None else self.styles.find(tag("cellXfs"))
        if formats is None or style >= len(formats):
            return style
        old = formats[style]
        has_none = int(old.get("numFmtId", GENERAL)) in {GENERAL, AS_TEXT}
        if not is_text and not (number_format and has_none):
            return style
        new = parsed(etree.tostring(old))
        if is_text:
            new.set("quotePrefix", "1")
        else:
            new.set("numFmtId", str(self._format(number_format)))
            new.set("applyNumberFormat", "1")
        formats.append(new)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def _format(self, code: str) -> int:
        listed = self.styles.find(tag("numFmts"))
        if listed is None:
            listed = etree.Element(tag("numFmts"))
            self.styles.insert(0, listed)
        for one in listed:
            if one.get("formatCode") == code:
                return int(one.get("numFmtId"))
        number = max([FIRST_CUSTOM_FORMAT - 1, *(int(one.get("numFmtId")) for one in listed)]) + 1
        etree.SubElement(listed, tag("numFmt"), numFmtId=str(number), formatCode=code)
        listed.set("count", str(len(listed)))
        return number

    def save(self) -> bytes:
        """The workbook again; parts that were not touched are the same bytes."""
        self.trees[self.by_name["xl/workbook.xml"]] = self.workbook
        self._drop_order_of_calculation()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for old in self.entries:
                name = old.filename
                if name not in self.parts:
                    continue
                data = serialised(self.trees[name]) if name in self.trees else self.parts[name]
                entry = zipfile.ZipInfo(name, old.date_time)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
        return out.getvalue()

    def _drop_order_of_calculation(self) -> None:
        """Cells have moved: Excel works the order (calcChain) out again by itself."""
        chain = next((name for name in self.parts if name.lower().endswith("calcchain.xml")), None)
        if chain is None:
            return
        del self.parts[chain]
        types = self.tree("[Content_Types].xml")
        for one in list(types):
            if str(one.get("PartName", "")).lower() == f"/{chain.lower()}":
                types.remove(one)
        relations = self.tree("xl/_rels/workbook.xml.rels")
        for one in list(relations):
            if one.get("Type", "").endswith("/calcChain"):
                relations.remove(one)


def _number(sheet: Sheet) -> None:
    """Say the place of every row and cell: the file may leave it out where it goes without."""
    row_before = 0
    for row in sheet.rows.iter(tag("row")):
        row_before = int(row.get("r", row_before + 1))
        row.set("r", str(row_before))
        column_before = 0
        for cell in row:
            if cell.get("r") is None:
                cell.set("r", f"{column_letters(column_before + 1)}{row_before}")
            column_before = column_number(address(cell.get("r"))[0])


def _text_of(item: Any) -> tuple[str, bool]:
    """The words of a shared string without their reading aids, and whether it has several looks."""
    pieces, runs = [], 0
    for child in item:
        if child.tag == tag("t"):
            pieces.append(child.text or "")
        elif child.tag == tag("r"):
            runs += 1
            pieces += [one.text or "" for one in child.iter(tag("t"))]
    return "".join(pieces), runs > 1
