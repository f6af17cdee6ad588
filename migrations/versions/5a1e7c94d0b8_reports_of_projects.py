"""what became of the report of a project"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "5a1e7c94d0b8"
down_revision = "7d40c81be5a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_report",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("told_due_at", UtcDateTime(), nullable=True),
        sa.Column("told_overdue_at", UtcDateTime(), nullable=True),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("handed_in_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handed_in_by"], ["person.id"], name=op.f("fk_project_report_handed_in_by_person")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_report_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_report")),
    )


def downgrade() -> None:
    op.drop_table("project_report")
