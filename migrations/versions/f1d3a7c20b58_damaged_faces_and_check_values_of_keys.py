"""damaged faces, and check values of keys"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "f1d3a7c20b58"
down_revision = "e5a1c07d93b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "face_damage",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_face_damage")),
    )
    op.create_table(
        "key_check",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_check")),
    )


def downgrade() -> None:
    op.drop_table("key_check")
    op.drop_table("face_damage")
