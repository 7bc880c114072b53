"""What is refused before a single cell is read: size, parts, kinds of file, bombs, macros, links.

Needs only the standard library: the isolated reading process runs these files without the
application.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple


class Limits(NamedTuple):  # a dataclass takes the isolated process longer to make
    """The most a workbook may hold."""

    file_bytes: int = 2 * 1024 * 1024
    parts: int = 200
    unpacked_bytes: int = 20 * 1024 * 1024
    ratio: int = 100
    rows: int = 5_000
    columns: int = 120
    cells: int = 300_000  # as many as 5,000 rows of 60
    cell_characters: int = 10_000
    all_characters: int = 5_000_000
    merged_ranges: int = 2_000


LIMITS = Limits()
RESAVE = "Excelで開き、「Excelブック（.xlsx）」として保存し直してください。"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PART = re.compile(
    r"(?:\[Content_Types\]\.xml|_rels/[\w.-]+|docProps/[\w./-]+|customXml/[\w./-]+"
    r"|xl/[\w ./()+,@-]+|docMetadata/[\w./-]+|\[trash\]/[\w./-]+)",
    re.UNICODE,
)
_REFUSED_PARTS = (
    ("vbaproject", "マクロが含まれています。マクロを除き、"),
    ("vbadata", "マクロが含まれています。マクロを除き、"),
    ("macrosheets/", "マクロシートが含まれています。マクロシートを除き、"),
    ("dialogsheets/", "ダイアログシートが含まれています。そのシートを除き、"),
    (
        "externallinks/",
        "ほかのブックへの外部リンクが含まれています。リンクを解除し（値の貼り付け）、",
    ),
    ("embeddings/", "埋め込みファイルが含まれています。埋め込みを除き、"),
    ("activex/", "ActiveXコントロールが含まれています。コントロールを除き、"),
    ("connections.xml", "外部データ接続が含まれています。接続を解除し、"),
    ("webextensions/", "アドインが含まれています。アドインを除き、"),
)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class InvalidWorkbook(Exception):
    """The file cannot be taken; the message says in Japanese why, and what to do."""


BROKEN = f"ブックが壊れているか、Excelの形式ではありません。{RESAVE}"

TOO_MANY_CELLS = (
    "セルが多すぎます。不要なシートと、表の外にある空の書式を除いて保存し直してください。"
)


def check_kind(data: bytes, filename: str, limits: Limits = LIMITS) -> None:
    """Refuse what is no .xlsx by its size, name and first bytes.

    Raises:
        InvalidWorkbook: empty, too large, .xls, encrypted, .xlsm, .csv, .pdf or anything else.
    """
    if not data:
        raise InvalidWorkbook("ファイルが空です。保存されているファイルを選び直してください。")
    if len(data) > limits.file_bytes:
        raise InvalidWorkbook(
            f"ファイルが大きすぎます（{len(data) / 1048576:.1f}MB）。画像や不要なシートを除き、"
            f"{limits.file_bytes // 1048576}MB以下にしてください。"
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InvalidWorkbook(
                "パスワードで保護されたブックは読めません。パスワードを解除して保存し直してください。"
            )
        raise InvalidWorkbook(f"古い形式（.xls）のブックは読めません。{RESAVE}")
    suffix = filename.rpartition(".")[2].lower() if "." in filename else ""
    if suffix in {"xlsm", "xltm", "xlam"}:
        raise InvalidWorkbook(
            f"マクロ付きのブック（.{suffix}）は読めません。マクロを除き、{RESAVE}"
        )
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise InvalidWorkbook(f"Excelブック（.xlsx）ではありません。{RESAVE}")
    if suffix and suffix != "xlsx":
        raise InvalidWorkbook(f"「.{suffix[:10]}」のファイルは読めません。{RESAVE}")


def read_parts(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    """The XML parts of a workbook by their lower-case name, unpacked under the limits.

    Sizes are counted while inflating: what the archive says about itself is not believed.

    Raises:
        InvalidWorkbook: a bomb, a forbidden part, a broken archive.
    """
    try:
        return _read_parts(data, limits)
    except InvalidWorkbook:
        raise
    except Exception as error:  # a hostile archive fails in a dozen ways; all mean the same here
        raise InvalidWorkbook(BROKEN) from error


def _read_parts(data: bytes, limits: Limits) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() or entry.file_size]
        if len(entries) > limits.parts:
            raise InvalidWorkbook(
                f"ブックの部品が多すぎます（{len(entries):,}個、上限{limits.parts}個）。"
                "不要なシートや図を除いて保存し直してください。"
            )
        names = [entry.filename.lower() for entry in entries]
        _check_names(entries, names)
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            raise _bomb()
        total = 0
        for entry, name in zip(entries, names, strict=True):
            part = _inflate(archive, entry, limits.unpacked_bytes - total)
            total += len(part)
            if total > limits.ratio * max(len(data), 10_000):
                raise _bomb()
            if name.endswith((".xml", ".rels", ".vml")):
                if _ENTITY.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise InvalidWorkbook(f"ブックに許されない宣言（DOCTYPE）があります。{RESAVE}")
                found[name] = part
    # Counted here as well, where it costs nothing: reading half a million cells takes seconds.
    cells = sum(
        part.count(b"<c ") + part.count(b"<c>") + part.count(b"<c/>")
        for name, part in found.items()
        if name.startswith("xl/worksheets/")
    )
    if cells > limits.cells:
        raise InvalidWorkbook(TOO_MANY_CELLS)
    return found


def _check_names(entries: list[zipfile.ZipInfo], names: list[str]) -> None:
    for entry, name in zip(entries, names, strict=True):
        for word, reason in _REFUSED_PARTS:
            if word in name:
                raise InvalidWorkbook(f"ブックに{reason}{RESAVE}")
        if entry.flag_bits & 0x1:
            raise InvalidWorkbook(
                "暗号化されたブックは読めません。パスワードを解除して保存し直してください。"
            )
    if "xl/workbook.bin" in names:
        raise InvalidWorkbook(f"バイナリ形式（.xlsb）のブックは読めません。{RESAVE}")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise InvalidWorkbook(f"Excelブック（.xlsx）ではありません。{RESAVE}")
    odd = [
        entry
        for entry in entries
        if not _PART.fullmatch(entry.filename)
        or ".." in entry.filename.split("/")
        or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ]
    if odd or len(set(names)) != len(names):
        raise InvalidWorkbook(f"ブックの中身が標準の形ではありません。{RESAVE}")


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> bytes:
    pieces = []
    with archive.open(entry) as source:
        while piece := source.read(65_536):
            allowed -= len(piece)
            if allowed < 0:
                raise _bomb()
            pieces.append(piece)
    return b"".join(pieces)


def _bomb() -> InvalidWorkbook:
    return InvalidWorkbook(
        "展開後の大きさが上限（20MB）を超えるブックは読めません。"
        "不要なシートと、表の外にある空の書式を除いて保存し直してください。"
    )
