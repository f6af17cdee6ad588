"""whom audit entries are about: entries of before have it in their subject alone"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "c47e90a1d3f8"
down_revision = 'b3719a610f17'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_person_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("person_id", "at", "entry_id", name=op.f("pk_audit_person")),
    )
    op.create_index("ix_audit_person_entry", "audit_person", ["entry_id", "person_id"])


def downgrade() -> None:
    op.drop_table("audit_person")
