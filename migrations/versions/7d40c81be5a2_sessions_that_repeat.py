"""which sessions were made in one step as repetitions of the first"""

import sqlalchemy as sa
from alembic import op

revision = "7d40c81be5a2"
down_revision = "2f6b9d13c7e8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("series_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("session", "series_id")
