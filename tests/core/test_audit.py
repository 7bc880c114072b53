"""The audit trail: chained under concurrency, undone with the act, changed by nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from companion import create_app
from companion.core import audit
from companion.core.chain import verify
from companion.core.db import db, saved
from tests.shape.sources import PACKAGE


@pytest.fixture
def installed(folder: Path, new_database: Callable[[], str]) -> Iterator[Flask]:
    """An application whose tables were made by the migrations, as in an installation."""
    app = create_app(folder, SQLALCHEMY_DATABASE_URI=new_database())
    with app.app_context():
        upgrade(directory=str(PACKAGE / "migrations"))
        yield app
        db.session.remove()
        db.engine.dispose()


def test_lines_of_concurrent_transactions_stand_in_one_chain(installed: Flask) -> None:
    failures: list[Exception] = []

    def act(worker: int) -> None:
        try:
            with installed.app_context():
                for number in range(12):
                    with saved():
                        audit.record("test.act", f"{worker}/{number}", by=None, at=number / 3)
                        if number % 3 == 0:
                            audit.record("test.more", "日本語", by=None, none=None)
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=act, args=[n]) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    verdict = verify(audit.all_lines())
    assert (verdict.fault, verdict.lines) == (None, 6 * (12 + 4))


def test_what_is_undone_leaves_no_line(installed: Flask) -> None:
    def act() -> None:
        with saved():
            audit.record("test.act", "x", by=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    with saved():
        audit.record("test.kept", "x", by=None)
    assert [line["action"] for line in audit.all_lines()] == ["test.kept"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_lines SET actor = 'nobody'",
        "UPDATE audit_lines SET hash = hash",
        "DELETE FROM audit_lines WHERE id = 1",
        "DELETE FROM audit_lines",
    ],
)
def test_no_statement_changes_a_line(installed: Flask, statement: str) -> None:
    with saved():
        audit.record("test.act", "x", by=None)
    with pytest.raises(DBAPIError), saved():
        db.session.execute(text(statement))
    assert verify(audit.all_lines()).lines == 1


def test_lines_written_before_the_chain_become_part_of_it(
    folder: Path, new_database: Callable[[], str]
) -> None:
    app = create_app(folder, SQLALCHEMY_DATABASE_URI=new_database())
    migrations = str(PACKAGE / "migrations")
    with app.app_context():
        upgrade(directory=migrations, revision="004")
        with saved():
            db.session.execute(
                text(
                    "INSERT INTO audit_lines (id, at, actor, role, action, target, detail)"
                    " VALUES (7, '2025-05-01 00:00:00+00:00', 'system', 'system', 'a.b', 'x',"
                    " '{\"数\": 1}')"
                )
                if db.engine.dialect.name == "postgresql"
                else text(
                    "INSERT INTO audit_lines (id, at, actor, role, action, target, detail)"
                    " VALUES (7, '2025-05-01 00:00:00.000000', 'system', 'system', 'a.b', 'x',"
                    " '{\"数\": 1}')"
                )
            )
        upgrade(directory=migrations)
        with saved():
            audit.record("test.act", "x", by=None)
        verdict = verify(audit.all_lines())
        db.session.remove()
        db.engine.dispose()
    assert (verdict.fault, verdict.lines) == (None, 2)
