"""staff who are named for one project or session, and the machines that they make"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "d41f7a0c95e3"
down_revision = "5e0c93a7d418"
branch_labels = None
depends_on = None

_FOR_PROJECT = sa.text("ended_at IS NULL AND session_id IS NULL")
_FOR_SESSION = sa.text("ended_at IS NULL AND session_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "project_staff",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id")),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("is_door", sa.Boolean(), nullable=False),
        sa.Column("is_content", sa.Boolean(), nullable=False),
        sa.Column("is_results", sa.Boolean(), nullable=False),
        sa.Column("until", UtcDateTime()),
        sa.Column("named_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.Uuid(), sa.ForeignKey("person.id")),
    )
    op.create_index("ix_project_staff_project", "project_staff", ["project_id", "id"])
    op.create_index("ix_project_staff_person", "project_staff", ["person_id", "id"])
    for name, column, which in (
        ("uq_project_staff_project", "project_id", _FOR_PROJECT),
        ("uq_project_staff_session", "session_id", _FOR_SESSION),
    ):
        op.create_index(
            name, "project_staff", [column, "person_id"], unique=True, sqlite_where=which, postgresql_where=which
        )
    for machine in ("screen", "kiosk"):
        staff_id = sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("project_staff.id"))
        op.add_column(machine, staff_id, inline_references=True)


def downgrade() -> None:
    for machine in ("screen", "kiosk"):
        op.drop_column(machine, "staff_id")
    op.drop_table("project_staff")
