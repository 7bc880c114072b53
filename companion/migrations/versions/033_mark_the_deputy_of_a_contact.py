"""Mark the deputy of a municipality's contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "033"
down_revision = "032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_deputy", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(
            "uq_users_active_deputy",
            ["lg_code"],
            unique=True,
            sqlite_where=sa.text("active AND is_deputy"),
            postgresql_where=sa.text("active AND is_deputy"),
        )


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_users_active_deputy",
            sqlite_where=sa.text("active AND is_deputy"),
            postgresql_where=sa.text("active AND is_deputy"),
        )
        batch_op.drop_column("is_deputy")
