"""attempts by device: who else has checked in with this phone at this session"""

from alembic import op

from migrations import online

revision = "c8e2a5017f94"
down_revision = "5a1e7c94d0b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index("ix_check_in_attempt_device", "check_in_attempt", ["session_id", "device_id"])


def downgrade() -> None:
    op.drop_index("ix_check_in_attempt_device", table_name="check_in_attempt")
