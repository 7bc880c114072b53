"""Chain the audit trail and let nobody change it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

REFUSED = "the audit trail is only added to"
LINES = sa.table(
    "audit_lines",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("user_id", sa.Integer),
    sa.column("actor", sa.String),
    sa.column("role", sa.String),
    sa.column("action", sa.String),
    sa.column("target", sa.String),
    sa.column("detail", sa.JSON),
    sa.column("request_id", sa.String),
    sa.column("address", sa.String),
    sa.column("hash", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("audit_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    _chain_what_is_there(op.get_bind())
    with op.batch_alter_table("audit_lines", schema=None) as batch_op:
        batch_op.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_lines_no_{act.lower()} BEFORE {act} ON audit_lines"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_lines_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    # A statement trigger: it also stops TRUNCATE, and holds for the owner of the table.
    op.execute(
        "CREATE TRIGGER audit_lines_only_added BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON audit_lines EXECUTE FUNCTION audit_lines_refuse()"
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_lines FROM PUBLIC, CURRENT_USER")


def _chain_what_is_there(connection: sa.Connection) -> None:
    # Numbers without gaps are part of the chain; nothing else points at these lines.
    previous = "0" * 64
    rows = connection.execute(sa.select(LINES).order_by(LINES.c.id)).mappings().all()
    for number, row in enumerate(rows, start=1):
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=dt.UTC)
        values = [
            *(number, at.astimezone(dt.UTC).isoformat(timespec="microseconds")),
            *(row["user_id"], row["actor"], row["role"], row["action"], row["target"]),
            *(row["detail"], row["request_id"], row["address"]),
        ]
        written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()
        connection.execute(
            sa.update(LINES).where(LINES.c.id == row["id"]).values(id=number, hash=previous)
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_lines_no_update")
        op.execute("DROP TRIGGER audit_lines_no_delete")
    else:
        op.execute("DROP TRIGGER audit_lines_only_added ON audit_lines")
        op.execute("DROP FUNCTION audit_lines_refuse()")
        op.execute("GRANT UPDATE, DELETE, TRUNCATE ON audit_lines TO CURRENT_USER")
    with op.batch_alter_table("audit_lines", schema=None) as batch_op:
        batch_op.drop_column("hash")
