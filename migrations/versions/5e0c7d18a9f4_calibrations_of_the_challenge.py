"""calibrations of the challenge"""

import sqlalchemy as sa
from alembic import op

revision = "5e0c7d18a9f4"
down_revision = "af141046f063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "liveness_calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Enum("folder", "demo", name="livenesssource", native_enum=False, length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("may_ask", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liveness_calibration")),
    )


def downgrade() -> None:
    op.drop_table("liveness_calibration")
