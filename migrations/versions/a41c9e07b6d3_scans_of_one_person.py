"""scans of one person: pending scans, consents to location, late photos, shared devices, overrides"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "a41c9e07b6d3"
down_revision = "2f6b9d13c7e8"
branch_labels = None
depends_on = None


def _words(*members: str) -> sa.Enum:
    return sa.Enum(*members, native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "pending_scan",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("scanned_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_pending_scan_person", "pending_scan", ["person_id", "until"])
    op.create_index("ix_pending_scan_until", "pending_scan", ["until"])
    op.create_table(
        "location_consent",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
    )
    op.create_index("ix_location_consent_person", "location_consent", ["person_id", "withdrawn_at"])
    op.create_table(
        "attempt_override",
        sa.Column("attempt_id", sa.Uuid(), sa.ForeignKey("check_in_attempt.id"), primary_key=True),
        sa.Column("check_in_id", sa.Uuid(), sa.ForeignKey("check_in.id"), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_attempt_override_check_in_id", "attempt_override", ["check_in_id"])
    op.add_column("check_in", sa.Column("captured_at", UtcDateTime()))
    results = _words("passed", "failed", "unverified", "not_asked")
    op.add_column("check_in_attempt", sa.Column("device_check", results))
    op.add_column("session", sa.Column("is_location_required", sa.Boolean(), nullable=False, server_default=sa.false()))
    shared = _words("allowed", "marked", "refused")
    op.add_column("session", sa.Column("shared_devices", shared, nullable=False, server_default="marked"))


def downgrade() -> None:
    for column in ("shared_devices", "is_location_required"):
        op.drop_column("session", column)
    op.drop_column("check_in_attempt", "device_check")
    op.drop_column("check_in", "captured_at")
    for table in ("attempt_override", "location_consent", "pending_scan"):
        op.drop_table(table)
