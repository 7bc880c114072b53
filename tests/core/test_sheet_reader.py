"""The guarded reader: what it reads from honest workbooks, and how it refuses the others."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import resource
import time
import zipfile
from functools import cache
from typing import Any

import openpyxl
import pytest

from companion.core.sheets import InvalidWorkbook, child, read_workbook
from companion.core.sheets.reader import CellError, Formula
from tests.core.packages import RELATIONS, WORKBOOK, book_of, package, sheet_xml

pytestmark = pytest.mark.sqlite_only

INLINE = '<row r="1"><c r="A1" t="inlineStr"><is><t>あ</t></is></c></row>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def refusal(data: bytes, filename: str = "a.xlsx") -> str:
    """The message of a refusal, which must come within a second."""
    start = time.perf_counter()
    with pytest.raises(InvalidWorkbook) as caught:
        read_workbook(data, filename)
    assert time.perf_counter() - start < 1
    message = str(caught.value)
    assert message.endswith("ください。")  # every refusal says what to do
    return message


def test_values_come_as_they_stand() -> None:
    rows: list[list[Any]] = [
        ["文字", "０１２", 7, 2.5, True, None, dt.date(2025, 4, 9)],
        [dt.datetime(2025, 4, 9, 10, 30), dt.time(9, 15), "=A1&B1", "二\n行", 0, -3, "  "],  # noqa: DTZ001
    ]
    data = book_of(rows, hidden=["隠し"], more={"隠し": [["見えない"]]})
    shown, hidden = read_workbook(data, "a.xlsx")
    assert shown.rows[0] == rows[0]
    assert shown.rows[1] == [*rows[1][:2], Formula("=A1&B1"), *rows[1][3:]]
    assert [type(value) for value in shown.rows[0][2:4]] == [int, float]
    assert (hidden.name, hidden.is_visible, hidden.rows) == ("隠し", False, [])


def test_the_reader_agrees_with_openpyxl_on_random_values() -> None:
    chance = random.Random(7)
    makers = (
        lambda: chance.randint(-(10**9), 10**9),
        lambda: chance.random() * 1000,
        lambda: "".join(chance.choice("あ海&<>\"'髙𠮷 x") for _ in range(6)),
        lambda: dt.date(2000, 1, 1) + dt.timedelta(days=chance.randint(0, 20_000)),
        lambda: None,
    )
    data = book_of([[chance.choice(makers)() for _ in range(12)] + ["終"] for _ in range(80)])
    expected = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    as_days = [
        [value.date() if isinstance(value, dt.datetime) else value for value in row]
        for row in expected.iter_rows(values_only=True)
    ]
    assert read_workbook(data)[0].rows == as_days


def test_reading_aids_of_japanese_excel_are_no_part_of_the_text() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>小</t><r><t>樽</t></r><rPh sb='0' eb='2'><t>オタル</t></rPh></si></sst>"
    )
    cell = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    data = package({"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet_xml(cell)})
    assert read_workbook(data)[0].rows == [["小樽"]]


def test_errors_escapes_and_old_dates() -> None:
    cells = (
        '<row r="2"><c r="B2" t="e"><v>#REF!</v></c>'
        '<c r="C2" t="inlineStr"><is><t>a_x000D__x000A_b_x000B_</t></is></c>'
        '<c r="D2" t="d"><v>2025-04-09T00:00:00</v></c><c t="b"><v>1</v></c></row>'
    )
    sheet = read_workbook(package({"xl/worksheets/sheet1.xml": sheet_xml(cells)}))[0]
    moment = dt.datetime(2025, 4, 9)  # noqa: DTZ001 - cells have no zone
    assert sheet.rows[1] == [None, CellError("#REF!"), "a\nb\x0b", moment, True]
    assert sheet.value(2, 2) == CellError("#REF!")
    assert sheet.value(99, 1) is sheet.value(1, 99) is None


def test_empty_cells_far_away_do_not_matter() -> None:
    far = INLINE + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read_workbook(package({"xl/worksheets/sheet1.xml": sheet_xml(far)}))[0].rows == [["あ"]]


def with_part(name: str, data: str | bytes = "x") -> bytes:
    return package({"xl/worksheets/sheet1.xml": sheet_xml(INLINE), name: data})


def cell_at(reference: str) -> bytes:
    cells = f'<row><c r="{reference}"><v>1</v></c></row>'
    return package({"xl/worksheets/sheet1.xml": sheet_xml(cells)})


@cache
def bomb_of_600_mb() -> bytes:
    return with_part("xl/worksheets/sheet2.xml", b"\0" * 600_000_000)


def lying_about_its_size() -> bytes:
    """The archive says 1,000 bytes where 30 MB come out."""
    data = bytearray(with_part("xl/worksheets/sheet2.xml", b" " * 30_000_000))
    true, said = (30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    return bytes(data.replace(true, said))


def shared_string_everywhere() -> bytes:
    text = "長" * 9_000
    strings = f'<sst xmlns="x"><si><t>{text}</t></si></sst>'
    rows = "".join(
        f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 40 + "</row>" for row in range(1, 1_000)
    )
    return package({"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet_xml(rows)})


def same_cell_again_and_again() -> bytes:
    cells = "".join(f'<c r="A1"><v>{number}</v></c>' for number in range(310_000))
    return package({"xl/worksheets/sheet1.xml": sheet_xml(f"<row>{cells}</row>")})


def deep() -> bytes:
    return package({"xl/worksheets/sheet1.xml": "<a>" * 5_000 + "</a>" * 5_000})


def merged(reference: str) -> bytes:
    after = f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>'
    return package({"xl/worksheets/sheet1.xml": sheet_xml(INLINE, after=after)})


def encrypted_zip() -> bytes:
    data = bytearray(with_part("xl/styles.xml"))
    for at in range(len(data) - 4):
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    return bytes(data)


HOSTILE: list[tuple[str, Any, str, str]] = [
    ("nothing at all", lambda: b"", "a.xlsx", "空です"),
    ("text", lambda: b"name,code\n", "a.csv", "ではありません"),
    ("text named as a workbook", lambda: b"name,code\n", "a.xlsx", "ではありません"),
    ("a picture", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "a.png", "ではありません"),
    ("an old workbook", lambda: OLE + b"\0" * 2_000, "a.xls", "（.xls）"),
    (
        "an encrypted workbook",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2_000,
        "a.xlsx",
        "パスワード",
    ),
    ("a workbook with macros", lambda: with_part("xl/vbaProject.bin"), "a.xlsx", "マクロ"),
    ("a workbook named .xlsm", lambda: with_part("xl/styles.xml"), "a.xlsm", "マクロ"),
    ("a binary workbook", lambda: with_part("xl/workbook.bin"), "a.xlsx", "xlsb"),
    (
        "external links",
        lambda: with_part("xl/externalLinks/externalLink1.xml"),
        "a.xlsx",
        "外部リンク",
    ),
    ("embedded files", lambda: with_part("xl/embeddings/oleObject1.bin"), "a.xlsx", "埋め込み"),
    ("a data connection", lambda: with_part("xl/connections.xml"), "a.xlsx", "データ接続"),
    ("a macro sheet", lambda: with_part("xl/macrosheets/sheet1.xml"), "a.xlsx", "マクロシート"),
    ("an encrypted archive", encrypted_zip, "a.xlsx", "暗号化"),
    ("600 MB in 600 KB", bomb_of_600_mb, "a.xlsx", "展開後の大きさ"),
    ("a lie about the size", lying_about_its_size, "a.xlsx", "壊れている|展開後"),
    ("300 parts", lambda: package({f"xl/p{n}.xml": "x" for n in range(300)}), "a.xlsx", "部品"),
    ("over 2 MB", lambda: b"PK\x03\x04" + b"\1" * 2_100_000, "a.xlsx", "大きすぎます"),
    ("one cell at the far end", lambda: cell_at("XFD1048576"), "a.xlsx", "XFD1048576に値"),
    ("a cell in row 5,001", lambda: cell_at("A5001"), "a.xlsx", "5,000行×120列"),
    ("a cell in column 121", lambda: cell_at("DQ1"), "a.xlsx", "5,000行×120列"),
    ("a merge of everything", lambda: merged("A1:XFD1048576"), "a.xlsx", "結合セル"),
    ("one long text in every cell", shared_string_everywhere, "a.xlsx", "文字数が多すぎ"),
    ("one cell 310,000 times", same_cell_again_and_again, "a.xlsx", "セルが多すぎ"),
    ("deep nesting", deep, "a.xlsx", "壊れている"),
    (
        "30,000 characters in a cell",
        lambda: book_of([["あ" * 30_000]]),
        "a.xlsx",
        "A1の文字数が30,000字",
    ),
    (
        "a document type",
        lambda: with_part(
            "xl/styles.xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
        ),
        "a.xlsx",
        "DOCTYPE",
    ),
    (
        "a document type in UTF-16",
        lambda: with_part("xl/styles.xml", "<!DOCTYPE a []><a/>".encode("utf-16")),
        "a.xlsx",
        "DOCTYPE",
    ),
    ("a path out of the archive", lambda: with_part("xl/../../etc/x.xml"), "a.xlsx", "標準の形"),
    ("an unknown part", lambda: with_part("evil.exe"), "a.xlsx", "標準の形"),
    (
        "a part twice",
        lambda: package({"xl/A.xml": "x", "xl/a.xml": "x"}),
        "a.xlsx",
        "標準の形",
    ),
    ("another office format", lambda: b"PK\x03\x04" + b"\0" * 50, "a.ods", "ods|壊れて"),
    ("an archive without a workbook", lambda: zip_of({"a.txt": "x"}), "a.xlsx", "ではありません"),
    ("nothing but hidden sheets", lambda: hidden_only(), "a.xlsx", "値のあるシートがありません"),
    ("an empty sheet", lambda: book_of([]), "a.xlsx", "値のあるシートがありません"),
    ("half a file", lambda: book_of([["あ"] * 9] * 9)[:1_500], "a.xlsx", "壊れている"),
    ("a sheet that is not there", lambda: package({}), "a.xlsx", "壊れている"),
    (
        "a string that is not there",
        lambda: package(
            {"xl/worksheets/sheet1.xml": sheet_xml('<row><c t="s"><v>9</v></c></row>')}
        ),
        "a.xlsx",
        "壊れている",
    ),
]


def zip_of(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def hidden_only() -> bytes:
    workbook = WORKBOOK.replace('sheetId="1"', 'sheetId="1" state="hidden"')
    return package({"xl/workbook.xml": workbook, "xl/worksheets/sheet1.xml": sheet_xml(INLINE)})


@pytest.mark.parametrize(
    ("make", "filename", "says"),
    [pytest.param(*row[1:], id=row[0]) for row in HOSTILE],
)
def test_hostile_files_are_refused_within_a_second_in_one_sentence(
    make: Any, filename: str, says: str
) -> None:
    data = make()
    assert re.search(says, refusal(data, filename))


def test_refusing_the_bomb_takes_little_memory() -> None:
    data = bomb_of_600_mb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # KiB


def test_mutants_of_a_good_workbook_are_read_or_refused_and_nothing_else() -> None:
    """Bytes flipped in the file, and XML bent inside it: one exception for all of them."""
    chance = random.Random(2025)
    good = book_of([["団体コード", "名称"], *[[f"{n:06d}", f"虹{n}町"] for n in range(30)]])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    read = 0
    refusals = []
    for number in range(1_000):
        if number % 2:
            bent = bytearray(good)
            for _ in range(chance.randint(1, 20)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            data = bytes(bent)
        else:
            name = chance.choice([one for one in parts if one.startswith("xl/")])
            data = package({**parts, name: mutated(parts[name], chance)})
        try:
            child.parse(data)
            read += 1
        except child.guard.InvalidWorkbook as refused:
            refusals.append(str(refused))
    assert read > 20
    assert len(refusals) > 100
    assert all(message.endswith("ください。") for message in refusals)


def mutated(part: bytes, chance: random.Random) -> bytes:
    """The part with pieces cut, doubled or replaced by what parsers stumble over."""
    text = bytearray(part)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        end = min(len(text), at + chance.randint(1, 30))
        piece = chance.choice(
            [b"", b"\0", b'"', b"<", b"&#0;", b"-1", b"1e999", b"99999999999", b"\xff\xfe", b"nan"]
        )
        text[at:end] = chance.choice([piece, bytes(text[at:end]) * 2])
    return bytes(text)


@pytest.mark.parametrize("number", range(5))
def test_mutants_through_the_whole_reader(number: int) -> None:
    chance = random.Random(number)
    data = bytearray(book_of([["団体コード", "名称"]]))
    for _ in range(30):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with pytest.raises(InvalidWorkbook):
        read_workbook(bytes(data), "a.xlsx")


def test_relations_out_of_the_package_are_not_followed() -> None:
    outside = RELATIONS.replace("worksheets/sheet1.xml", "../../../etc/passwd")
    message = refusal(package({"xl/_rels/workbook.xml.rels": outside}))
    assert "値のあるシートがありません" in message
