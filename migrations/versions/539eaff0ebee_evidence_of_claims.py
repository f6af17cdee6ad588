"""evidence of claims"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "539eaff0ebee"
down_revision = "73428f90b1b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.Enum("picture", "pdf", name="evidencekind", native_enum=False, length=40), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("thumbnail_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_evidence_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_person_id")),
        sa.ForeignKeyConstraint(["thumbnail_id"], ["stored_file.id"], name=op.f("fk_evidence_thumbnail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("person_id", "digest", name=op.f("uq_evidence_person_id_digest")),
    )
    op.create_index("ix_evidence_made", "evidence", ["made_at", "id"])


def downgrade() -> None:
    op.drop_table("evidence")
