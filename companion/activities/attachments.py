"""What may be attached to a log: which files, under which name. No database, no web."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from companion.core.text import strip_forbidden

LARGEST = 10 * 1024 * 1024  # bytes
MOST = 20  # files of one activity
LONGEST_NAME = 100
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
}
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
# The harmless string by which scanners are tried out, in two halves so that this file is not one.
_TRIAL = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class NotAttachable(ValueError):
    """A file that may not be attached; the message says what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its cleaned name and what it is served as."""

    name: str
    media_type: str


def clean_name(given: str) -> str:
    """A file name without folders, invisible characters and what systems refuse.

    The ending stays when the name is cut.
    """
    text = strip_forbidden(unicodedata.normalize("NFC", given)).replace("\n", " ")
    stem, dot, ending = re.split(r"[\\/]", text)[-1].rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem = _UNSAFE.sub("_", stem).strip(" .") or "添付"
    ending = _UNSAFE.sub("_", ending).strip()
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if ending else stem[:LONGEST_NAME]


def check_file(name: str, data: bytes) -> Checked:
    """The file, when it is one of the safe kinds and not too large.

    Raises:
        NotAttachable: empty, too large, of another kind than its name says, or with macros.
    """
    cleaned = clean_name(name)
    ending = cleaned.rpartition(".")[2].lower()
    if not data:
        raise NotAttachable("ファイルが空です。中身のあるファイルを選んでください。")
    if len(data) > LARGEST:
        raise NotAttachable(
            f"ファイルが{-(-len(data) * 10 // 2**20) / 10:.1f}MBあります。10MB以下にしてください"
            "（画像を小さくする、分けて添付する、などの方法があります）。"
        )
    if ending not in MEDIA_TYPES:
        raise NotAttachable(
            f"この種類のファイル（.{ending[:10]}）は添付できません。"
            "PDF、Word（.docx）、Excel（.xlsx）、PowerPoint（.pptx）、画像（.png、.jpg）、"
            "テキスト（.txt、.csv）にしてください。"
        )
    if _TRIAL in data:
        raise NotAttachable("ウイルスの検査で見つかったため、添付できません。")
    if not _is_what_it_says(ending, data):
        raise NotAttachable(
            f"中身が「.{ending}」のファイルではありません。正しい形式で保存し直してください"
            "（マクロの入ったファイルは添付できません）。"
        )
    return Checked(cleaned, MEDIA_TYPES[ending])


def _is_what_it_says(ending: str, data: bytes) -> bool:
    if ending in _FOLDERS:
        return _is_office(data, _FOLDERS[ending])
    if ending in {"txt", "csv"}:
        return _is_text(data)
    return data.startswith(_BEGINNINGS["jpg" if ending == "jpeg" else ending])


def _is_office(data: bytes, folder: str) -> bool:
    """An office file without macros; only the list of its parts is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    has_macros = any(name.lower().endswith((".bin", ".exe", ".js", ".vbs")) for name in names)
    is_one = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
    return is_one and not (has_macros and any("vba" in name.lower() for name in names))


def _is_text(data: bytes) -> bool:
    if b"\x00" in data:
        return False
    for encoding in ("utf-8-sig", "cp932"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
