"""lost answers to a refresh"""

import sqlalchemy as sa
from alembic import op


revision = "8d1f0c3b7e52"
down_revision = "6f2d7ade461f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("replaced_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "replaced_id")
