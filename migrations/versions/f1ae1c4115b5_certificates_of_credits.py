"""certificates of credits"""

import sqlalchemy as sa
from alembic import op

import models.base


revision = "f1ae1c4115b5"
down_revision = 'e092268d47f1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_series",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_series")),
    )
    op.create_table(
        "certificate_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Enum("pdf", "zip", name="fileformat", native_enum=False, length=40), nullable=False),
        sa.Column("certificate_ids", sa.JSON(), nullable=False),
        sa.Column("asked_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_certificate_file_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_file")),
    )
    op.create_index(op.f("ix_certificate_file_asked_at"), "certificate_file", ["asked_at"], unique=False)
    op.create_table(
        "certificate_name_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("opened_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("solved_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_name_task_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_name_task")),
    )
    op.create_index(
        "uq_certificate_name_task_open",
        "certificate_name_task",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("solved_at IS NULL"),
        postgresql_where=sa.text("solved_at IS NULL"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("credit", "teaching", name="certificatekind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("issued_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name=op.f("ck_certificate_revoked_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_certificate_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.ForeignKeyConstraint(["replaces"], ["certificate.id"], name=op.f("fk_certificate_replaces")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_certificate_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("sequence", name=op.f("uq_certificate_sequence")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
    )
    op.create_index("ix_certificate_person", "certificate", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_certificate_current",
        "certificate",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "certificate_file_part",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["certificate_file.id"], name=op.f("fk_certificate_file_part_file_id")),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_certificate_file_part")),
    )


def downgrade() -> None:
    op.drop_table("certificate_file_part")
    op.drop_table("certificate")
    op.drop_table("certificate_name_task")
    op.drop_table("certificate_file")
    op.drop_table("certificate_series")
