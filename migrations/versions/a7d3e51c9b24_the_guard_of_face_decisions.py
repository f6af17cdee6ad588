"""the guard of face decisions"""

import sqlalchemy as sa
from alembic import op


revision = "a7d3e51c9b24"
down_revision = "c1d7f40a95e2"
branch_labels = None
depends_on = None

_COLUMNS = ("guard_distance", "guard_accept_at", "guard_review_to")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("check_in_attempt", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.drop_column("check_in_attempt", name)
