"""The list of ASVS requirements names only evidence that exists, and claims nothing without it."""

from __future__ import annotations

import csv
import re

from tests.shape.sources import PACKAGE

ROOT = PACKAGE.parent
STATES = {"met", "not met", "deployment", "not applicable"}
# How many requirements version 5.0.0 has on levels 1 and 2.
COUNTS = {"1": 70, "2": 183}


def rows_of_the_list() -> list[dict[str, str]]:
    with (ROOT / "docs" / "security" / "asvs.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_is_left_to_the_installation_is_said_and_checked_where_it_can_be() -> None:
    running = (ROOT / "docs" / "security" / "running.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (\d+\.\d+\.\d+) \| .{20,} \| (.+) \|$", running, re.MULTILINE)
    left = [row["id"] for row in rows_of_the_list() if row["state"] == "deployment"]
    assert [number for number, _ in told] == left
    doctor = (PACKAGE / "doctor.py").read_text(encoding="utf-8")
    assert [name for _, name in told if name != "–" and f'"{name}"' not in doctor] == []


def test_what_is_claimed_can_be_looked_up() -> None:
    rows = rows_of_the_list()
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
