"""The short documents of docs/security say what the program does: compared line by line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask

from companion.activities.attachments import LARGEST, MEDIA_TYPES
from companion.core.policy import GRANTS, READING_DAYS, Role
from companion.core.sheets.child import CPU_SECONDS, MEMORY_BYTES
from companion.core.sheets.guard import LIMITS
from companion.people import rules

pytestmark = pytest.mark.sqlite_only
MARKS = (
    *(
        "| `",
        "| workbook:",
        "| MAX",
        "| CONTACTS",
        "| password:",
        "| mailed code:",
        "| invitation: days",
    ),
    *("| fresh", "| failures", "| rest:", "| whole:", "| reading after"),
)
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
    found = [f"| workbook: {n} | {v} |" for n, v in LIMITS._asdict().items()]
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
        "CONTACTS_SHOWN_PER_HOUR",
        "CONTACTS_EXPORTED_PER_HOUR",
        "PERMANENT_SESSION_LIFETIME",
    )
    return [f"| {name} | {app.config[name]} |" for name in names]


def signing_in() -> list[str]:
    """What signing in and sessions are held to."""
    minutes, hours, days = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
    values = {
        "password: fewest characters": rules.PASSWORD_MIN,
        "password: most characters": rules.PASSWORD_MAX,
        "password: guesses it withstands, as a score of zxcvbn": rules.PASSWORD_SCORE,
        "mailed code: minutes": rules.CODE_LIFE // minutes,
        "mailed code: tries": rules.CODE_TRIES,
        "mailed code: seconds before another": int(rules.CODE_PAUSE.total_seconds()),
        "invitation: days": rules.INVITATION_LIFE // days,
        "fresh proof: minutes": rules.FRESH // minutes,
        "failures without waiting, of one account from one address": rules.FREE_FAILURES,
        "failures of one account in an hour, from browsers it does not know": (
            rules.ACCOUNT_FAILURES
        ),
        "failures of one address in an hour": rules.ADDRESS_FAILURES,
        "rest: minutes (coordinator, auditor)": rules.idle_limit(Role.AUDITOR) // minutes,
        "rest: minutes (others)": rules.idle_limit(Role.OFFICIAL) // minutes,
        "whole: hours (coordinator, auditor)": rules.whole_limit(Role.COORDINATOR) // hours,
        "whole: hours (others)": rules.whole_limit(Role.MUNICIPALITY) // hours,
        "reading after the end of a term: days": READING_DAYS,
    }
    return [f"| {name} | {value} |" for name, value in values.items()]


@pytest.mark.parametrize("name", ["roles", "uploads", "limits", "signing-in"])
def test_the_document_is_what_the_program_does(app: Flask, name: str) -> None:
    wanted = {
        "roles": roles(),
        "uploads": uploads(),
        "limits": limits(app),
        "signing-in": signing_in(),
    }[name]
    text = (FOLDER / f"{name}.md").read_text().splitlines()
    missing = [line for line in wanted if line not in text]
    assert missing == [], f"write these into docs/security/{name}.md:\n" + "\n".join(missing)
    known = [line for line in text if line.startswith(MARKS)]
    assert [line for line in known if line not in wanted] == [], "lines nothing stands behind"
