"""The parts of a workbook that its sheets share: names, relations, formats, strings.

Beside `child` and, like it, only the standard library.
"""

from __future__ import annotations

import posixpath
import re
from xml.parsers import expat

import guard

# Built-in number formats that are dates or times (ECMA-376 18.8.30, with the Japanese ones).
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def refuse(message: str) -> Exception:
    return guard.InvalidWorkbook(message)


class Xml:
    """A small reader of one part: calls `opened` and `closed` with names without namespaces."""

    def __init__(self, part: bytes) -> None:
        self.parser = expat.ParserCreate(namespace_separator="|")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.depth = 0
        self.parser.Parse(part, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > 100:
            raise refuse(guard.BROKEN)
        plain = {key.rpartition("|")[2]: value for key, value in attributes.items()}
        self.opened(name.rpartition("|")[2], plain)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.closed(name.rpartition("|")[2])

    def _doctype(self, *_: object) -> None:
        raise refuse(f"ブックに許されない宣言（DOCTYPE）があります。{guard.RESAVE}")

    def opened(self, name: str, attributes: dict[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?[0-9]{1,7})")
MOST_NAMES = 5_000


class Workbook(Xml):
    """The sheets, and the names given to single cells: (name, sheet, address)."""

    def __init__(self, part: bytes) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.names: list[tuple[str, str, str]] = []
        self.naming = ""
        self.is_1904 = False
        super().__init__(part)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            state = attributes.get("state", "visible")
            self.sheets.append((attributes["name"], state, attributes["id"]))
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "definedName":
            self.naming = attributes.get("name", "")

    def closed(self, name: str) -> None:
        if name == "definedName":
            self.naming = ""

    def text(self, data: str) -> None:
        found = _CELL.fullmatch(data) if self.naming else None
        if found and len(self.names) < MOST_NAMES:
            sheet = (found[1] or "").replace("''", "'") or found[2]
            self.names.append((self.naming[:255], sheet, found[3]))


class Relations(Xml):
    def __init__(self, part: bytes) -> None:
        self.targets: dict[str, str] = {}
        super().__init__(part)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
            self.targets[attributes["Id"]] = posixpath.normpath(path).lower()


class Styles(Xml):
    """Which cell formats (by index) are dates."""

    def __init__(self, part: bytes) -> None:
        self.custom: dict[int, str] = {}
        self.is_date: list[bool] = []
        self.in_cell_formats = False
        super().__init__(part)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.custom[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.in_cell_formats = True
        elif name == "xf" and self.in_cell_formats:
            number = int(attributes.get("numFmtId", 0))
            code = self.custom.get(number)
            self.is_date.append(number in _DATE_FORMATS if code is None else _is_date_format(code))

    def closed(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cell_formats = False


def _is_date_format(code: str) -> bool:
    plain = _LITERALS.sub("", code.partition(";")[0]).lower().replace("general", "")
    return bool(re.search("[ymdhsge]", plain)) and not re.search(r"e[+-]|[#0?]", plain)


class Strings(Xml):
    """The shared strings; the reading aids (rPh) that Japanese Excel adds are left out."""

    def __init__(self, part: bytes) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self.in_text = False
        self.in_reading = 0
        super().__init__(part)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.in_reading += 1
        elif name == "t":
            self.in_text = not self.in_reading

    def closed(self, name: str) -> None:
        if name == "t":
            self.in_text = False
        elif name == "rPh":
            self.in_reading -= 1
        elif name == "si":
            self.found.append("".join(self.pieces))

    def text(self, data: str) -> None:
        if self.in_text:
            self.pieces.append(data)
