"""notices that come once, and those that were sent as SMS"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "5d2a71c9e4b6"
down_revision = "5e0c7d18a9f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("once", sa.String(length=100), nullable=True))
    op.add_column("notice", sa.Column("texted_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    for column in ("texted_at", "once"):
        op.drop_column("notice", column)
