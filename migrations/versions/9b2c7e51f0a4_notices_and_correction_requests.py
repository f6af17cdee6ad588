"""notices to people, and requests to correct attendance"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "9b2c7e51f0a4"
down_revision = "e7b40a6d1c93"
branch_labels = None
depends_on = None

INSTANT = models.base.UtcDateTime(timezone=True)
OPEN = sa.text("status = 'open'")
TOPICS = (
    *("session_cancelled", "session_restored", "session_moved", "project_cancelled", "place_given"),
    *("attendance_corrected", "request_decided", "cut_off", "settled", "grant_reversed"),
    *("face_enrolled", "face_withdrawn", "face_question"),
    *("new_device", "password_slip", "phone_changed", "second_factor_set", "second_factor_removed"),
)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Enum(*TOPICS, name="noticetopic", native_enum=False, length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_notice_project_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_notice_session_id")),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"], name=op.f("fk_notice_settlement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "at", "id"])
    op.create_index(op.f("ix_notice_at"), "notice", ["at"])
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Enum("in", "out", name="direction", native_enum=False, length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "accepted", "rejected", name="requeststatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_correction_request_project_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_correction_request_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_request_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_correction_request_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    op.create_index("ix_correction_request_project", "correction_request", ["project_id", "status", "id"])
    op.create_index(
        "uq_correction_request_open",
        "correction_request",
        ["person_id", "session_id", "direction"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("correction_request")
    op.drop_table("notice")
