"""acts of staff about attendance, and their undo"""

import sqlalchemy as sa
from alembic import op

from migrations import append_only
from models.base import UtcDateTime

revision = "af141046f063"
down_revision = "aeea7c722b27"
branch_labels = None
depends_on = None

KINDS = ("by_hand", "walk_in", "correction", "review")
STATUSES = ("present", "late", "needs_review", "rejected", "void")
METHODS = ("face", "staff", "machine")


def _words(*members: str) -> sa.Enum:
    return sa.Enum(*members, native_enum=False, length=40)


def _refers(name: str, to: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{to}.id"), nullable=nullable, primary_key=primary_key)


def upgrade() -> None:
    op.create_table(
        "attendance_act",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _refers("project_id", "project"),
        _refers("session_id", "session"),
        sa.Column("kind", _words(*KINDS), nullable=False),
        sa.Column("direction", _words("in", "out")),
        sa.Column("reason", sa.String(500), nullable=False),
        _refers("made_by", "person"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_attendance_act_project", "attendance_act", ["project_id", "made_at", "id"])
    op.create_table(
        "attendance_act_person",
        _refers("act_id", "attendance_act", primary_key=True),
        _refers("person_id", "person", primary_key=True),
        _refers("check_in_id", "check_in", nullable=True),
        sa.Column("attempt_id", sa.Uuid()),
        sa.Column("status", _words(*STATUSES)),
        _refers("correction_id", "attendance_correction", nullable=True),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("took_place", sa.Boolean(), nullable=False),
        sa.Column("prior_status", _words(*STATUSES)),
        sa.Column("prior_method", _words(*METHODS)),
        sa.Column("prior_scanned_at", UtcDateTime()),
        sa.Column("prior_checked_in_at", UtcDateTime()),
        sa.Column("prior_ticket_id", sa.Uuid()),
        sa.Column("prior_attempt_id", sa.Uuid()),
        sa.Column("prior_captured_at", UtcDateTime()),
    )
    for column in ("person_id", "check_in_id"):
        op.create_index(f"ix_attendance_act_person_{column}", "attendance_act_person", [column])
    op.create_table(
        "attendance_undo",
        _refers("act_id", "attendance_act", primary_key=True),
        sa.Column("reason", sa.String(500), nullable=False),
        _refers("undone_by", "person"),
        sa.Column("undone_at", UtcDateTime(), nullable=False),
    )
    append_only.protect("attendance_act", keys=[["id"]])
    append_only.protect("attendance_act_person", keys=[["act_id", "person_id"]])
    append_only.protect("attendance_undo", keys=[["act_id"]])


def downgrade() -> None:
    for table in ("attendance_undo", "attendance_act_person", "attendance_act"):
        op.drop_table(table)
