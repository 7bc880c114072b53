"""Gather no statistics of sealed answers."""

from __future__ import annotations

from alembic import op

revision = "037"
down_revision = "036"
branch_labels = None
depends_on = None

# Written out, as the models may change.
COLUMNS = (
    ("sealed_answers", "secret_hash"),
    ("sealed_answers", "content"),
    ("answer_drafts", "secret_hash"),
    ("answer_drafts", "sealed"),
)


def upgrade() -> None:
    _set(0)


def downgrade() -> None:
    _set(-1)


def _set(target: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")
