"""what a face reset is about"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "3e5f0b8a91d4"
down_revision = "9b2e64d01f7c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("face_reset", sa.Column("enrolled_at", models.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column("face_reset", sa.Column("faces_withdrawn", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("face_reset") as table:
        table.drop_column("faces_withdrawn")
        table.drop_column("enrolled_at")
