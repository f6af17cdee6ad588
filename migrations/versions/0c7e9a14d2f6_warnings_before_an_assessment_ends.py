"""warnings before an impact assessment ends"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0c7e9a14d2f6"
down_revision = "f1d3a7c20b58"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("impact_assessment", sa.Column("registered_at", models.base.UtcDateTime(timezone=True)))
    op.add_column("impact_assessment", sa.Column("warned_at_days", sa.Integer()))


def downgrade() -> None:
    with op.batch_alter_table("impact_assessment") as table:
        table.drop_column("warned_at_days")
        table.drop_column("registered_at")
