"""Keyed hashes of the pictures that brought a check-in, and why staff must look at one"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "c7d1a94be3f0"
down_revision = "e5a1c07d93b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "used_picture",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pixels", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("band_0", sa.Integer(), nullable=False),
        sa.Column("band_1", sa.Integer(), nullable=False),
        sa.Column("band_2", sa.Integer(), nullable=False),
        sa.Column("band_3", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["face_key.person_id"], name=op.f("fk_used_picture_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "pixels", name=op.f("pk_used_picture")),
    )
    op.add_column("check_in_attempt", sa.Column("review_reason", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("check_in_attempt", "review_reason")
    op.drop_table("used_picture")
