"""The matrix of resources and roles says what the policy table says, with a test for each cell."""

from __future__ import annotations

import csv

import pytest

from companion.core.policy import ALWAYS_WRITTEN, GRANTS, Grant, Permission, Role, may_write
from tests.shape.sources import PACKAGE

pytestmark = pytest.mark.sqlite_only
ROOT = PACKAGE.parent
RESOURCES = 22
RULES = 5


def cells() -> list[dict[str, str]]:
    """The lines of docs/security/matrix.csv."""
    with (ROOT / "docs" / "security" / "matrix.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(grant: Grant) -> str:
    return grant.scope.value + (f"@{grant.when.value}" if grant.when else "")


def test_every_cell_is_there_once() -> None:
    rows = cells()
    resources = list(dict.fromkeys(row["resource"] for row in rows if row["role"]))
    assert [(row["resource"], row["role"]) for row in rows if row["role"]] == [
        (resource, role.value) for resource in resources for role in Role
    ]
    assert len(resources) == RESOURCES
    rules = [row["resource"] for row in rows if not row["role"]]
    assert rules == [f"rule {number}" for number in range(1, RULES + 1)]


def test_every_cell_has_the_scope_of_the_policy() -> None:
    found = []
    for row in cells():
        said = dict(word.split("=") for word in row["permissions"].split())
        for name, scope in said.items():
            meant = written(GRANTS[Permission(name)][Role(row["role"])])
            if scope != meant:
                found.append(f"{row['resource']}, {row['role']}: {name} is {meant}, not {scope}")
        if row["role"] and not said:
            found.append(f"{row['resource']}, {row['role']}: no permission")
        # Nothing is given where every permission is withheld, and the other way round.
        if said and "nothing" in row["gives"] and set(said.values()) - {".", "own"}:
            found.append(f"{row['resource']}, {row['role']}: nothing, but {said}")
        if not row["gives"]:
            found.append(f"{row['resource']}, {row['role']}: says nothing")
    assert found == []


def test_every_cell_names_a_test_that_exists() -> None:
    found = []
    for row in cells():
        path, _, test = row["test"].partition("::")
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text("utf-8"):
            found.append(f"{row['resource']}, {row['role']}: {row['test']}")
    assert found == []


def test_the_auditor_writes_nothing_anywhere() -> None:
    writes = {permission for permission in Permission if may_write(permission, Role.AUDITOR)}
    assert writes == ALWAYS_WRITTEN == {Permission.ACCOUNT_OWN}
