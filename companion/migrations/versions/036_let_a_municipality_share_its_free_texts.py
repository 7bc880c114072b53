"""Let a municipality share its free texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "036"
down_revision = "035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer_sets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("shares_texts", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("answer_sets", schema=None) as batch_op:
        batch_op.drop_column("shares_texts")
