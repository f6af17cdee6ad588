"""index of notices that come once"""

import sqlalchemy as sa
from alembic import op

from migrations import online

revision = "6e3b82da05c7"
down_revision = "5d2a71c9e4b6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("once IS NOT NULL")
    online.create_index(
        "uq_notice_once", "notice", ["person_id", "once"], unique=True, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("uq_notice_once", table_name="notice")
