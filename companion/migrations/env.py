"""How Alembic reaches the application's database and metadata."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import DateTime, String
from sqlalchemy.types import TypeDecorator

database = current_app.extensions["migrate"].db


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as what they are stored as: a migration outlives the code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        stored = thing.impl_instance
        if isinstance(stored, DateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(stored, String):
            return f"sa.String(length={stored.length})"
    return False


def _let_tables_be_rebuilt(connection: Any) -> None:
    """SQLite changes a table by building it anew, during which nothing else may point at it."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")


def run() -> None:
    """Apply the migrations on a connection of the application's own engine."""
    arguments = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        _let_tables_be_rebuilt(connection)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=plain_type,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.invalidate()  # the next connection begins with its own settings


run()
