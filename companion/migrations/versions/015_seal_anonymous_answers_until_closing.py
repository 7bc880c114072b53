"""Seal anonymous answers until closing.

Anonymous drafts that were not handed in are deleted: only their writers hold the secrets that
could seal them. Answers of a confidential round may lose their name once the time is over.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


BEFORE_DRAFT = (
    "(identity = 'anonymous' AND invitation_id IS NULL AND secret_hash IS NOT NULL"
    " AND respondent = '') OR (identity <> 'anonymous' AND invitation_id IS NOT NULL)"
)
AFTER_DRAFT = (
    "(identity = 'anonymous' AND invitation_id IS NULL AND secret_hash IS NOT NULL"
    " AND sealed IS NOT NULL AND CAST(answers AS VARCHAR(9)) = '{}' AND respondent = '')"
    " OR (identity <> 'anonymous' AND invitation_id IS NOT NULL AND sealed IS NULL)"
)
BEFORE_SET = (
    "(identity = 'anonymous' AND invitation_id IS NULL AND submitted_at IS NULL"
    " AND respondent = '') OR (identity <> 'anonymous' AND invitation_id IS NOT NULL"
    " AND submitted_at IS NOT NULL)"
)
AFTER_SET = (
    "(identity = 'anonymous' AND invitation_id IS NULL AND submitted_at IS NULL"
    " AND respondent = '') OR (identity = 'identified' AND invitation_id IS NOT NULL"
    " AND submitted_at IS NOT NULL) OR (identity = 'confidential'"
    " AND (invitation_id IS NULL) = (submitted_at IS NULL))"
)


def _drafts(check: str, *more: sa.Column) -> sa.Table:
    return sa.Table(
        "answer_drafts",
        sa.MetaData(),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=12), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("respondent", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *more,
        sa.CheckConstraint(check, name=op.f("ck_answer_drafts_identity_held")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_answer_drafts_invitation_id"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "identity"],
            ["survey_rounds.id", "survey_rounds.identity"],
            name="fk_answer_drafts_round_id_identity",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_drafts"),
        sa.UniqueConstraint("invitation_id", name="uq_answer_drafts_invitation_id"),
        sa.UniqueConstraint("secret_hash", name="uq_answer_drafts_secret_hash"),
        sa.Index("ix_answer_drafts_round_id", "round_id"),
        sqlite_with_rowid=False,
    )


def _sets(check: str, *more: sa.Column) -> sa.Table:
    table = sa.Table(
        "answer_sets",
        sa.MetaData(),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=12), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        *more,
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("respondent", sa.String(length=200), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(check, name=op.f("ck_answer_sets_identity_held")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_answer_sets_invitation_id"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "identity"],
            ["survey_rounds.id", "survey_rounds.identity"],
            name="fk_answer_sets_round_id_identity",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_sets"),
        sa.Index("ix_answer_sets_round_id", "round_id"),
        sa.Index(
            "uq_answer_sets_standing_invitation",
            "invitation_id",
            unique=True,
            sqlite_where=sa.text("NOT is_withdrawn"),
            postgresql_where=sa.text("NOT is_withdrawn"),
        ),
        sqlite_with_rowid=False,
    )
    if more:
        sa.Index("ix_answer_sets_secret_hash", table.c.secret_hash)
    return table


def _rebuilt(table: sa.Table) -> Any:
    """SQLite gets the table again as it stands here; PostgreSQL alters it in place."""
    return op.batch_alter_table(
        table.name, copy_from=table, table_kwargs={"sqlite_with_rowid": False}
    )


def upgrade() -> None:
    op.create_table(
        "sealed_answers",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("identity = 'anonymous'", name=op.f("ck_sealed_answers_anonymous_only")),
        sa.ForeignKeyConstraint(
            ["round_id", "identity"],
            ["survey_rounds.id", "survey_rounds.identity"],
            name=op.f("fk_sealed_answers_round_id_identity"),
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sealed_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_answers_round_id", "sealed_answers", ["round_id"])
    op.execute("DELETE FROM answer_drafts WHERE identity = 'anonymous'")
    with _rebuilt(_drafts(BEFORE_DRAFT)) as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.drop_constraint(op.f("ck_answer_drafts_identity_held"), type_="check")
        batch_op.create_check_constraint(op.f("ck_answer_drafts_identity_held"), AFTER_DRAFT)
    secret = sa.Column("secret_hash", sa.String(length=64), nullable=True)
    with _rebuilt(_sets(BEFORE_SET, secret)) as batch_op:
        batch_op.drop_index("ix_answer_sets_secret_hash")
        batch_op.drop_column("secret_hash")
        batch_op.drop_constraint(op.f("ck_answer_sets_identity_held"), type_="check")
        batch_op.create_check_constraint(op.f("ck_answer_sets_identity_held"), AFTER_SET)


def downgrade() -> None:
    with _rebuilt(_sets(AFTER_SET)) as batch_op:
        batch_op.add_column(sa.Column("secret_hash", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_answer_sets_secret_hash", ["secret_hash"])
        batch_op.drop_constraint(op.f("ck_answer_sets_identity_held"), type_="check")
        batch_op.create_check_constraint(op.f("ck_answer_sets_identity_held"), BEFORE_SET)
    op.execute("DELETE FROM answer_drafts WHERE identity = 'anonymous'")
    sealed = sa.Column("sealed", sa.LargeBinary(), nullable=True)
    with _rebuilt(_drafts(AFTER_DRAFT, sealed)) as batch_op:
        batch_op.drop_constraint(op.f("ck_answer_drafts_identity_held"), type_="check")
        batch_op.create_check_constraint(op.f("ck_answer_drafts_identity_held"), BEFORE_DRAFT)
        batch_op.drop_column("sealed")
    op.drop_table("sealed_answers")
