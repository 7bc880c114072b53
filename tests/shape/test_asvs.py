"""The list of ASVS requirements names only evidence that exists, and claims nothing without it."""

from __future__ import annotations

import csv
import re

from tests.shape.sources import PACKAGE

ROOT = PACKAGE.parent
STATES = {"met", "not met", "deployment", "not applicable"}
# How many requirements version 5.0.0 has on levels 1 and 2.
COUNTS = {"1": 70, "2": 183}


def test_what_is_claimed_can_be_looked_up() -> None:
    with (ROOT / "docs" / "security" / "asvs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        path, _, test = row["evidence"].partition("::")
        is_there = bool(path) and (ROOT / path).is_file()
        if is_there and test:
            is_there = f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")
        said = row["note"] if row["state"] != "met" else is_there
        if row["state"] not in STATES or not said or (path and not is_there):
            found.append(f"{row['id']}: {row['state']} {row['evidence']}")
        assert re.fullmatch(r"\d+\.\d+\.\d+", row["id"])
        assert row["level"] in {"1", "2"}
    assert found == []
    assert {level: sum(row["level"] == level for row in rows) for level in COUNTS} == COUNTS
    assert len({row["id"] for row in rows}) == len(rows)
