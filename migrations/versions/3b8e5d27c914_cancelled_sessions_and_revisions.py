"""cancelled sessions, sessions that don't count, revisions of projects, voided check-ins"""

import sqlalchemy as sa
from alembic import op

import models.base
from migrations import append_only


revision = "3b8e5d27c914"
down_revision = "4b7e21c9d0a3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    # none by batch: a copied table would lose its triggers and checks
    op.add_column("settlement_line", sa.Column("attended_hundredths", sa.Integer(), server_default="0", nullable=False))
    op.add_column("session", sa.Column("cancelled_at", models.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column("session", sa.Column("cancellation_reason", sa.String(length=500), nullable=True))
    op.add_column("session", sa.Column("counts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "voided_check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("checked_in_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("voided_by", sa.Uuid(), nullable=False),
        sa.Column("voided_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_voided_check_in_check_in_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_voided_check_in_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_voided_check_in_session_id")),
        sa.ForeignKeyConstraint(["voided_by"], ["person.id"], name=op.f("fk_voided_check_in_voided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided_check_in")),
    )
    op.create_index(op.f("ix_voided_check_in_check_in_id"), "voided_check_in", ["check_in_id"])
    op.create_index("ix_voided_check_in_place", "voided_check_in", ["person_id", "session_id"])
    append_only.protect("voided_check_in", keys=[["id"]])


def downgrade() -> None:
    op.drop_table("voided_check_in")
    op.drop_column("session", "counts")
    op.drop_column("session", "cancellation_reason")
    op.drop_column("session", "cancelled_at")
    op.drop_column("settlement_line", "attended_hundredths")
    op.drop_column("project", "revision")
