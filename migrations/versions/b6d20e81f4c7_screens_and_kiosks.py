"""screens and kiosks: the machines of a hall"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "b6d20e81f4c7"
down_revision = "8e2c5a90b1d7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screen",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("made_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
    )
    op.create_table(
        "kiosk",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("session.id"), nullable=False, index=True),
        sa.Column("is_attended", sa.Boolean(), nullable=False),
        sa.Column("pairing_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("pairing_until", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(60)),
        sa.Column("token_hash", sa.LargeBinary(32), unique=True),
        sa.Column("paired_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
    )
    op.create_table(
        "kiosk_scan",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kiosk_id", sa.Uuid(), sa.ForeignKey("kiosk.id"), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), sa.ForeignKey("check_in.id"), nullable=False, index=True),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False, index=True),
        sa.Column("scanned_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("kiosk_id", "nonce"),
    )


def downgrade() -> None:
    for table in ("kiosk_scan", "kiosk", "screen"):
        op.drop_table(table)
