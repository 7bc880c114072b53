"""How Alembic reaches the application's database and metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def run() -> None:
    """Apply the migrations on a connection of the application's own engine."""
    arguments = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=database.metadata, **arguments
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
