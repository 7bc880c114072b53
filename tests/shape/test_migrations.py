"""The migrations and the models say the same, on both databases; names are numbered and worded."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from companion import create_app
from companion.core.db import db
from tests.shape.sources import PACKAGE

MIGRATIONS = PACKAGE / "migrations"
FILES = sorted((MIGRATIONS / "versions").glob("*.py"))


@pytest.fixture
def empty(folder: Path, new_database: Callable[[], str]) -> Iterator[Flask]:
    """An application on a database without any table."""
    app = create_app(folder, SQLALCHEMY_DATABASE_URI=new_database())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_an_upgraded_empty_database_is_what_the_models_say(empty: Flask) -> None:
    upgrade(directory=str(MIGRATIONS))
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        assert compare_metadata(context, db.metadata) == []
        there = set(inspect(connection).get_table_names())
    assert there == {*db.metadata.tables, "alembic_version"}


def test_check_constraints_are_all_there(empty: Flask) -> None:
    """Autogeneration does not look at checks: they are compared by name."""
    upgrade(directory=str(MIGRATIONS))
    wanted = {
        (table.name, str(constraint.name))
        for table in db.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    found = inspect(db.engine)
    there = {
        (table, str(check["name"]))
        for table in db.metadata.tables
        for check in found.get_check_constraints(table)
    }
    assert there == wanted


def test_the_way_back_leads_to_an_empty_database(empty: Flask) -> None:
    upgrade(directory=str(MIGRATIONS))
    downgrade(directory=str(MIGRATIONS), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_migration_is_numbered_and_worded(path: Path) -> None:
    assert re.fullmatch(r"\d{3}_[a-z0-9_]+\.py", path.name)


@pytest.mark.sqlite_only
def test_tables_that_others_point_at_are_rebuilt_with_their_rows(empty: Flask) -> None:
    upgrade(directory=str(MIGRATIONS), revision="003")
    with db.engine.connect() as connection:
        bare = connection.connection.driver_connection
        assert bare is not None
        bare.execute("PRAGMA foreign_keys=OFF")
        bare.execute(
            "INSERT INTO activities (id, team_id, kind, state, title, place, medium, agenda,"
            " present_state, advice, decisions, until_next, trip_purpose, trip_route, may_publish,"
            " cancel_reason, created_at, updated_at, public_id, version, held_start, held_end)"
            " VALUES (1, 1, 'briefing', 'held', 'x', '', '', '', '', '', '', '', '', '', 0, '',"
            " '2025-05-01', '2025-05-01', 'aaaaaaaaaaaaaaaa', 1, '2025-05-01', '2025-05-02')"
        )
        bare.execute("INSERT INTO guests VALUES (1, 1, 0, 'outside', 'y', '', '')")
        connection.invalidate()
    upgrade(directory=str(MIGRATIONS))
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT title, office_change, guests.name FROM activities"
            " JOIN guests ON guests.activity_id = activities.id"
        ).all()
        assert [tuple(row) for row in rows] == [("x", "", "y")]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_what_is_added_to_a_table_fits_the_rows_that_are_there() -> None:
    """A new column is empty, or says what stands in the rows that came before it."""
    for path in FILES:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".add_column"):
                added = ast.unparse(call)
                assert "nullable=False" not in added or "server_default" in added, path.name
