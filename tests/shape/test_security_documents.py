"""The short documents of docs/security say what the program does: compared line by line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask import Flask

from companion.activities.attachments import LARGEST, MEDIA_TYPES
from companion.core.policy import GRANTS, Role
from companion.core.sheets.child import CPU_SECONDS, MEMORY_BYTES
from companion.core.sheets.guard import LIMITS

pytestmark = pytest.mark.sqlite_only
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "security"


def roles() -> list[str]:
    """The rows of the table of rights."""
    lines = ["| 権限 | " + " | ".join(role.label for role in Role) + " |"]
    lines.append("|---" * 7 + "|")
    for permission, row in GRANTS.items():
        cells = [
            grant.scope.value + (f"@{grant.when.value}" if grant.when else "")
            for grant in row.values()
        ]
        lines.append(f"| `{permission.value}` | " + " | ".join(cells) + " |")
    return lines


def uploads() -> list[str]:
    """What uploads are held to."""
    found = [f"| workbook: {n} | {v} |" for n, v in dataclasses.asdict(LIMITS).items()]
    found += [
        f"| workbook: memory of the reading process, bytes | {MEMORY_BYTES} |",
        f"| workbook: seconds of computing | {CPU_SECONDS} |",
        f"| attachment: bytes | {LARGEST} |",
        f"| attachment: endings | {' '.join(sorted(MEDIA_TYPES))} |",
    ]
    return found


def limits(app: Flask) -> list[str]:
    """What requests and sessions are held to."""
    names = (
        "MAX_CONTENT_LENGTH",
        "MAX_FORM_MEMORY_SIZE",
        "MAX_FORM_PARTS",
        "PERMANENT_SESSION_LIFETIME",
    )
    return [f"| {name} | {app.config[name]} |" for name in names]


@pytest.mark.parametrize("name", ["roles", "uploads", "limits"])
def test_the_document_is_what_the_program_does(app: Flask, name: str) -> None:
    wanted = {"roles": roles(), "uploads": uploads(), "limits": limits(app)}[name]
    text = (FOLDER / f"{name}.md").read_text().splitlines()
    missing = [line for line in wanted if line not in text]
    assert missing == [], f"write these into docs/security/{name}.md:\n" + "\n".join(missing)
    known = [line for line in text if line.startswith(("| `", "| workbook:", "| MAX"))]
    assert [line for line in known if line not in wanted] == [], "lines nothing stands behind"
