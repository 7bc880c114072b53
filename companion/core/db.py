"""The database: one metadata, aware times, random public ids, and the one place that commits."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask, current_app, g, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, event, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table shares one naming convention, so that migrations can name what they change."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True, compare_type=True)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: stored in UTC, always aware on the Python side; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its zone")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        # SQLite has no zone: what was stored is UTC by the rule above.
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Word(TypeDecorator[Any]):
    """A term: the English code of a StrEnum is stored, the enum member comes back."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum], length: int = 20) -> None:
        super().__init__(length)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def new_public_id() -> str:
    """A random id of 80 bits in 16 lower-case characters, fit for a URL and for reading aloud."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()


class PublicId:
    """What appears in an address: never the row number, which would tell how many there are."""

    @declared_attr
    def public_id(cls) -> Mapped[str]:  # noqa: N805 SQLAlchemy passes the class
        return mapped_column(String(16), unique=True, default=new_public_id)


class Versioned:
    """A row that people edit: its version travels in the form and is checked at saving."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 SQLAlchemy passes the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


@contextmanager
def saved() -> Iterator[Session]:
    """One transaction: committed when the block ends, undone when it raises.

    Routes, jobs and commands use it; nothing else commits.
    """
    session = db.session()
    try:
        yield session
        session.commit()
        if has_request_context():
            g.has_saved = True  # from here on the request cannot be begun again
    except BaseException:
        session.rollback()
        raise


def is_reading() -> bool:
    """True inside a request that may only read (GET, HEAD, OPTIONS)."""
    if not has_request_context() or g.get("is_writing"):
        return False
    return request.method in {"GET", "HEAD", "OPTIONS"}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver must not open transactions of its own: BEGIN is said below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # WAL with NORMAL loses acknowledged commits on a power cut
            "foreign_keys=ON",
            "busy_timeout=30000",
            "trusted_schema=OFF",
            "secure_delete=ON",  # what is deleted is overwritten, not only unlinked
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: upgrading a read lock later fails under contention.
        connection.exec_driver_sql("BEGIN" if is_reading() else "BEGIN IMMEDIATE")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute("SET statement_timeout = '15s'")
        connection.commit()


def database_url(url: str) -> str:
    """The address with the driver this application uses (`postgres://` and `postgresql://`)."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


class UnknownSchema(RuntimeError):
    """The tables are not those this program knows; the message says which command helps."""


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(current_app.root_path) / "migrations"))


def known_revisions() -> set[str]:
    """The forms of the tables that this program knows, by the numbers of their migrations."""
    return {script.revision for script in _scripts().walk_revisions()}


def revision_of() -> str | None:
    """The form the tables have now; None when there are none.

    Raises:
        SQLAlchemyError: the database does not answer, which is not the same as being empty.
    """
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_schema() -> str:
    """The revision of the tables, when it is the one of this program.

    Raises:
        UnknownSchema: there are no tables yet, or they are older or newer.
    """
    wanted, found = _scripts().get_current_head(), revision_of()
    if found is None:
        raise UnknownSchema("データベースがまだありません。`companion init` を実行してください。")
    if found == wanted:
        return str(found)
    if found in known_revisions():
        raise UnknownSchema(
            f"データベースの形が古いままです（{found}、必要なのは{wanted}）。"
            "`companion backup` で控えを取り、`companion init` を実行してください。"
        )
    raise UnknownSchema(
        f"データベースは、このプログラムの知らない形です（{found}）。新しい版のプログラムで"
        "起動するか、`companion restore` で以前の控えに戻してください。"
    )


def init_app(app: Flask) -> None:
    """Connect the application to its database and prepare every connection."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.root_path + "/migrations")
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
        else:
            _prepare_postgresql(engine)
