"""Expand, migrate, contract: what ran before a migration runs after it as well.

The tables are compared before and after every step, as the database describes them. A step that
narrows what was there (a table or column goes, a column must be filled, a rule is sharper) breaks
the processes that still run the code before it, so it has to be a release of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect

from companion import create_app
from companion.core.db import db
from tests.shape.sources import PACKAGE

pytestmark = pytest.mark.sqlite_only  # the steps are the same, and slower to look at, on the other
MIGRATIONS = str(PACKAGE / "migrations")
# Steps made before anybody ran this program: they may narrow as well as widen.
BEFORE_THE_FIRST_RELEASE = 23
# Later steps that narrow, each with what no longer reads or writes what it takes away.
CONTRACTS: dict[str, str] = {}


@dataclass(frozen=True)
class Shape:
    """One table as the database describes it."""

    columns: dict[str, tuple[str, bool, bool]]  # type, may be empty, is filled by itself
    rules: dict[str, str]  # named checks and unique columns


@pytest.fixture
def empty(folder: Path, new_database: Callable[[], str]) -> Iterator[Flask]:
    """An application on a database without any table."""
    app = create_app(folder, SQLALCHEMY_DATABASE_URI=new_database())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def shapes() -> dict[str, Shape]:
    """Every table there is now."""
    found = inspect(db.engine)
    return {
        table: Shape(
            {
                c["name"]: (
                    str(c["type"]),
                    bool(c["nullable"]),
                    c["default"] is not None or bool(c.get("autoincrement") is True),
                )
                for c in found.get_columns(table)
            },
            {str(c["name"]): str(c["sqltext"]) for c in found.get_check_constraints(table)}
            | {str(c["name"]): str(c["column_names"]) for c in found.get_unique_constraints(table)}
            | {
                str(c["name"]): str(c["column_names"])
                for c in found.get_indexes(table)
                if c["unique"]
            },
        )
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def narrowed(before: dict[str, Shape], after: dict[str, Shape]) -> list[str]:
    """What code that knows only `before` can no longer do on `after`."""
    found = [f"{table} is gone" for table in before if table not in after]
    for table, old in before.items():
        new = after.get(table, old)
        for name, (kind, may_be_empty, _) in old.columns.items():
            if name not in new.columns:
                found.append(f"{table}.{name} is gone")
            elif new.columns[name][0] != kind and not _is_longer(kind, new.columns[name][0]):
                found.append(f"{table}.{name} was {kind}, is {new.columns[name][0]}")
            elif may_be_empty and not new.columns[name][1]:
                found.append(f"{table}.{name} must be filled now")
        found += [
            f"{table}.{name} is new and must be filled"
            for name, (_, may_be_empty, by_itself) in new.columns.items()
            if name not in old.columns and not may_be_empty and not by_itself
        ]
        found += [
            f"{table}: {name} is new or sharper"
            for name, rule in new.rules.items()
            if old.rules.get(name) != rule
        ]
    return found


def _is_longer(before: str, after: str) -> bool:
    def length(kind: str) -> int:
        return int(kind[8:-1]) if kind.startswith("VARCHAR(") else 10**9 * (kind == "TEXT")

    return 0 < length(before) <= length(after)


def test_a_step_only_adds_or_is_a_release_of_its_own(empty: Flask) -> None:
    scripts = ScriptDirectory(MIGRATIONS)
    steps = [script.revision for script in scripts.walk_revisions()][::-1]
    found: dict[str, list[str]] = {}
    before: dict[str, Shape] = {}
    for step in steps:
        upgrade(directory=MIGRATIONS, revision=step)
        after = shapes()
        if taken := narrowed(before, after):
            found[step] = taken
        before = after
    later = {step: taken for step, taken in found.items() if int(step) > BEFORE_THE_FIRST_RELEASE}
    undecided = {step: taken for step, taken in later.items() if step not in CONTRACTS}
    assert undecided == {}, "widen in one release and narrow in a later one (README)"
    assert set(CONTRACTS) <= set(later)
    assert "015" in found, "the comparison no longer sees what a step takes away"


def test_the_comparison_sees_what_narrows() -> None:
    column = ("VARCHAR(20)", True, False)
    old = {"t": Shape({"a": column}, {"ck_t_a": "a <> ''"})}
    for columns, rules in (
        ({}, {"ck_t_a": "a <> ''"}),
        ({"a": ("VARCHAR(10)", True, False)}, {}),
        ({"a": ("VARCHAR(20)", False, False)}, {}),
        ({"a": column, "b": ("INTEGER", False, False)}, {}),
        ({"a": column}, {"ck_t_a": "a = 'x'"}),
    ):
        assert len(narrowed(old, {"t": Shape(columns, rules)})) == 1
    assert narrowed(old, {}) == ["t is gone"]
    wider = {"a": ("VARCHAR(40)", True, False), "b": ("INTEGER", False, True), "c": column}
    assert narrowed(old, {"t": Shape(wider, {}), "u": Shape({}, {})}) == []
