"""Workbooks bent in every way that is cheap to make: bytes, archive, XML, types of cells, sizes."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

from tests.kit.workbooks import book, challenge_list, code_list, official_list

ODD: list[Any] = [
    None, "", " ", "\u3000", "=1+1", '=HYPERLINK("http://x","y")', "#REF!", "0", "-1", "1e309",
    "NaN", "令和99年13月45日", "R0.0.0", "2025-02-30", "12:99", "あ" * 9_999, "\u202eabc",
    "a\tb\nc", "𠮷" * 200, "_x0000_", "_xD800_", "_x000B_b", "<b>&amp;", "'", "999999", "٣٤٥",
    "１２３", "99%", "可\u200b", "[]", 0, -1, 1.5, 10**15, 1e300, -0.0, True, False,
    dt.date(1900, 1, 1), dt.date(9999, 12, 31), dt.time(23, 59),
    dt.datetime(2025, 4, 9, 23, 59, 59),  # noqa: DTZ001 - cells have no zone
]  # fmt: skip
PIECES = [
    b"", b"\0", b'"', b"<", b">", b"&#0;", b"&#xD800;", b"&lt;", b"-1", b"1e999", b"99999999999",
    b"nan", b"\xff\xfe", b"]]>", b"<!--", b"<c/>", b"</row>", b't="s"', b't="e"', b't="d"',
    b't="b"', b"A0", b"XFE1", b"R1C1", b"\xe3\x81", b"1" * 400,
]  # fmt: skip
HEAD = ("市町村", "実施日", "開始", "終了", "種別", "内容", "出席した支援官", "決定事項")
MEETING = (
    "あさひなみほん町",
    "R7.5.14（水）",
    "13:00",
    "14:30",
    "オンライン会議",
    "顔合わせ",
    "",
    "",
)


def good() -> dict[str, bytes]:
    """A valid workbook of each kind of list, by the kind's code."""
    return {
        "codes": code_list(),
        "challenges": challenge_list(),
        "officials": official_list(),
        "activities": book("活動記録", HEAD, [MEETING] * 3),
    }


def mutant(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """The workbook bent in one of the ways: the way's name and the bytes."""
    way = chance.choice(WAYS)
    try:
        return way.__name__.strip("_"), way(data, chance)
    except Exception:  # this one cannot be bent so; another way always works
        return "bytes", _bytes(data, chance)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    bent = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        bent[chance.randrange(len(bent))] = chance.randrange(256)
    if chance.random() < 0.2:
        del bent[chance.randrange(len(bent)) :]
    if chance.random() < 0.1:
        bent = bytearray(chance.randbytes(chance.randrange(64))) + bent
    return bytes(bent)


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in parts:
            archive.writestr(name, part)
    return out.getvalue()


def _archive(data: bytes, chance: random.Random) -> bytes:
    parts = list(_parts(data).items())
    what = chance.randrange(7)
    place = chance.randrange(len(parts))
    name, part = parts[place]
    if what == 0:
        del parts[place]
    elif what == 1:
        parts[place] = (
            chance.choice([name.upper(), name + "x", "../" + name, name[1:] or "x"]),
            part,
        )
    elif what == 2:
        chance.shuffle(parts)
    elif what == 3:
        other = chance.randrange(len(parts))
        parts[place], parts[other] = (name, parts[other][1]), (parts[other][0], part)
    elif what == 4:
        parts += [(f"xl/media/x{number}.xml", b"<a/>") for number in range(chance.randint(1, 250))]
    elif what == 5:
        return _packed(
            parts, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
        )
    bent = bytearray(_packed(parts))
    if what == 6:  # what the directory says of a part: flags, method, times, sums, sizes, offsets
        at = bent.find(b"PK\x01\x02")
        for _ in range(chance.randint(0, len(parts) - 1)):
            at = bent.find(b"PK\x01\x02", at + 4)
        struct.pack_into(
            "<I", bent, at + chance.choice([8, 10, 16, 20, 24, 42]), chance.randrange(2**32)
        )
    return bytes(bent)


def _xml(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    name = chance.choice([one for one in parts if one.startswith("xl/")])
    text = bytearray(parts[name])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        end = min(len(text), at + chance.randint(1, 40))
        piece = bytes(text[at:end])
        text[at:end] = chance.choice([chance.choice(PIECES), piece * 2, piece[::-1]])
    return _packed(list((parts | {name: bytes(text)}).items()))


def _types(data: bytes, chance: random.Random) -> bytes:
    sheet, bent = _opened(data)
    for _ in range(chance.randint(1, 12)):
        cell = sheet.cell(chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column))
        cell.value = chance.choice(ODD)
        if chance.random() < 0.2:
            cell.number_format = chance.choice(
                ["yyyy/m/d", "0%", "@", "[h]:mm", "ggge年", "General"]
            )
    return _closed(bent)


def _sizes(data: bytes, chance: random.Random) -> bytes:
    sheet, bent = _opened(data)
    what = chance.randrange(5)
    if what == 0:
        sheet.insert_rows(chance.randint(1, 4), chance.choice([1, 50, 4_990]))
    elif what == 1:
        sheet.insert_cols(1, chance.choice([1, 40, 70]))
    elif what == 2:
        for _ in range(chance.choice([10, 300])):
            sheet.append([chance.choice(ODD[:30]) for _ in range(chance.randint(1, 25))])
    elif what == 3:
        sheet.merge_cells(start_row=1, start_column=1, end_row=chance.randint(2, 900), end_column=9)
    else:
        for number in range(chance.choice([1, 30])):
            bent.create_sheet(f"別{number}").append(["あ"] * chance.randint(1, 80))
        bent.worksheets[0].sheet_state = chance.choice(["hidden", "visible", "veryHidden"])
    return _closed(bent)


def _columns(data: bytes, chance: random.Random) -> bytes:
    """Columns and rows gone, doubled or in another order, and headings that nearly say it."""
    sheet, bent = _opened(data)
    for _ in range(chance.randint(1, 3)):
        column, row = chance.randint(1, sheet.max_column), chance.randint(1, sheet.max_row)
        what = chance.randrange(4)
        if what == 0:
            sheet.delete_cols(column)
        elif what == 1:
            sheet.delete_rows(row, chance.randint(1, 3))
        elif what == 2:
            sheet.append([cell.value for cell in sheet[row]])
        else:
            head = sheet.cell(3, column)
            head.value = chance.choice(
                [f"{head.value}　", f"\n{head.value}", "", sheet.cell(3, 1).value]
            )
    return _closed(bent)


def _opened(data: bytes) -> tuple[Any, Workbook]:
    bent = load_workbook(io.BytesIO(data))
    return bent.worksheets[0], bent


def _closed(bent: Workbook) -> bytes:
    out = io.BytesIO()
    bent.save(out)
    return out.getvalue()


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _bytes, _archive, _xml, _types, _sizes, _columns,
)  # fmt: skip
