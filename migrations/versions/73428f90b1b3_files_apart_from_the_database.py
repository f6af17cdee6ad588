"""files apart from the database, and the catalogue of claims"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "73428f90b1b3"
down_revision = '6d5a1684f861'
branch_labels = None
depends_on = None

_DISCARDED = sa.text("discarded_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("name", name=op.f("uq_stored_file_name")),
    )
    op.create_index(
        "ix_stored_file_discarded",
        "stored_file",
        ["discarded_at"],
        sqlite_where=_DISCARDED,
        postgresql_where=_DISCARDED,
    )
    op.create_index("ix_stored_file_key", "stored_file", ["key_id", "id"])
    op.create_table(
        "claim_label_switch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_claim_label_switch_set_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_label_switch")),
        sa.UniqueConstraint("label", name=op.f("uq_claim_label_switch_label")),
    )
    op.create_table(
        "known_issuer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("known_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_issuer")),
        sa.UniqueConstraint("name", name=op.f("uq_known_issuer_name")),
    )


def downgrade() -> None:
    op.drop_table("known_issuer")
    op.drop_table("claim_label_switch")
    op.drop_table("stored_file")
