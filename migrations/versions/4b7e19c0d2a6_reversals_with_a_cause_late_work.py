"""the cause of a reversal; people who may still evaluate or sit the exam when a list is confirmed"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "4b7e19c0d2a6"
down_revision = "8d1f0c3b7e52"
branch_labels = None
depends_on = None

_CAUSES = sa.Enum("mistake", "misconduct", name="reversalcause", native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "grant_reversal",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("cause", _CAUSES, nullable=False),
        sa.Column("lifted_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_grant_reversal_entry_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_grant_reversal_lifted_by")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_grant_reversal")),
    )
    op.add_column("settlement", sa.Column("cut_off_reason", sa.String(length=500), nullable=True))
    op.add_column("project", sa.Column("open_until", models.base.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("project", "open_until")
    op.drop_column("settlement", "cut_off_reason")
    op.drop_table("grant_reversal")
