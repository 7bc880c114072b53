"""The chain of hashes that makes a changed audit trail visible; pure, so that it works offline.

Each line's hash covers the line and the hash before it. A chain alone cannot tell that its end was
cut off or that all of it was written anew: for that, heads are kept elsewhere (anchors).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64
# What a line consists of, in the order of the canonical form; `hash` is its result.
FIELDS = (
    "id",
    "at",
    "user_id",
    "actor",
    "role",
    "action",
    "target",
    "detail",
    "request_id",
    "address",
)


@dataclass(frozen=True)
class Anchor:
    """A head kept outside the table: the id and hash of the newest line of a moment."""

    id: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What a check found: lines read, the head, and the first fault in Japanese, if any."""

    lines: int
    head: str
    anchors: int
    fault: str | None

    @property
    def holds(self) -> bool:
        """True when nothing was changed."""
        return self.fault is None


_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(line: Mapping[str, Any]) -> str:
    """The one written form of a line: its fields in fixed order as compact JSON.

    `at` is an ISO moment in UTC with microseconds, `detail` an object that JSON can hold.
    """
    return _write([line[name] for name in FIELDS])


def link(previous: str, line: Mapping[str, Any]) -> str:
    """SHA-256 over the hash before and the line, as 64 hexadecimal characters."""
    return hashlib.sha256(f"{previous}\n{canonical(line)}".encode()).hexdigest()


def verify(lines: Iterable[Mapping[str, Any]], anchors: Iterable[Anchor] = ()) -> Verdict:
    """Read the lines in order and compare every hash, then every anchor."""
    wanted = {(anchor.id, anchor.hash) for anchor in anchors}
    count, previous, last, missing = 0, START, 0, dict(wanted)
    known = len(wanted)
    if known != len(missing):
        return Verdict(0, START, known, "アンカーの記録どうしが食い違っています。")
    for line in lines:
        number = line["id"]
        if number != last + 1:
            fault = f"{last}番の次が{number}番です。間の記録が失われたか、順序が変わっています。"
            return Verdict(count, previous, known, fault)
        if link(previous, line) != line["hash"]:
            fault = f"{number}番の記録、またはその前の記録が書き換えられています。"
            return Verdict(count, previous, known, fault)
        previous, last, count = line["hash"], number, count + 1
        if missing.pop(number, previous) != previous:
            fault = f"{number}番の記録がアンカーと一致しません。全体が作り直されています。"
            return Verdict(count, previous, known, fault)
    if missing:
        fault = f"アンカーにある{min(missing)}番の記録がありません。末尾が切り取られています。"
        return Verdict(count, previous, known, fault)
    return Verdict(count, previous, known, None)


def read_anchors(text: str) -> list[Anchor]:
    """The anchors of a file, one JSON object a line; a line cut off by a crash is skipped."""
    found = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            found.append(Anchor(int(entry["id"]), str(entry["hash"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
