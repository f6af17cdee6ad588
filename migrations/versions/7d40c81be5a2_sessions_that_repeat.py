"""which sessions were made in one step as repetitions of the first, and who cancelled one"""

import sqlalchemy as sa
from alembic import op

revision = "7d40c81be5a2"
down_revision = "8c1d5e70b3f2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("session", sa.Column("cancelled_by", sa.Uuid(), nullable=True))
    with op.batch_alter_table("session") as table:
        table.create_foreign_key(op.f("fk_session_cancelled_by_person"), "person", ["cancelled_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("session") as table:
        table.drop_constraint(op.f("fk_session_cancelled_by_person"), type_="foreignkey")
        table.drop_column("cancelled_by")
        table.drop_column("series_id")
