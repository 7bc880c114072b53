"""The list of threats names only tests, measurements, checks and settings that exist."""

from __future__ import annotations

import csv
import re

import pytest
from flask import Flask

from tests.shape.sources import PACKAGE

pytestmark = pytest.mark.sqlite_only
ROOT = PACKAGE.parent
STATES = {"met", "part", "not met", "deployment"}


def is_there(app: Flask, proof: str) -> bool:
    """True when a proof can be looked up: `a.py::test`, `bench.name`, `setting:NAME=value`,
    `doctor:name`, or a file."""
    kind, _, name = proof.partition(":")
    if kind == "setting":
        setting, _, value = name.partition("=")
        return setting in app.config and (not value or str(app.config[setting]) == value)
    if kind == "doctor":
        return f'"{name}"' in (PACKAGE / "doctor.py").read_text(encoding="utf-8")
    if proof.startswith("bench."):
        # One that nobody reads about is not run.
        said = (ROOT / "bench" / "README.md").read_text(encoding="utf-8")
        return (ROOT / f"{proof.replace('.', '/')}.py").is_file() and f"-m {proof}" in said
    path, _, test = proof.partition("::")
    is_file = (ROOT / path).is_file()
    return is_file and (not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"))


def test_what_is_said_of_each_threat_can_be_looked_up(app: Flask) -> None:
    with (ROOT / "docs" / "security" / "threats.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        proofs = [proof for proof in row["evidence"].split("; ") if proof]
        missing = [proof for proof in proofs if not is_there(app, proof)]
        has_words = all(row[name] for name in ("asked", "met by"))
        is_said = (row["state"] == "met" and proofs) or row["figure or reason"]
        if row["state"] not in STATES or missing or not (has_words and is_said):
            found.append(f"{row['id']}: {row['state']} {missing}")
    assert found == []
    numbers = [row["id"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert {f"T{number}" for number in range(1, 35)} <= set(numbers)
    assert all(re.fullmatch(r"T\d+|[34]\.\d+", number) for number in numbers)
