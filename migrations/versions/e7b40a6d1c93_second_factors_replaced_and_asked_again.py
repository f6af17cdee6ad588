"""second factors: a new secret beside the old one, and when a sign-in last gave a code again"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "e7b40a6d1c93"
down_revision = "5d8a1f3c6e27"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_factor", sa.Column("next_secret_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("sign_in", sa.Column("proved_again_at", models.base.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "proved_again_at")
    op.drop_column("second_factor", "next_secret_sealed")
