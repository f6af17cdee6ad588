"""previews of question files"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "8e2c5a90b1d7"
down_revision = "6e3b82da05c7"
branch_labels = None
depends_on = None

_STATUSES = ("receiving", "checking", "checked", "committing", "committed", "undoing", "undone", "abandoned")
_OUTCOMES = ("added", "already", "waiting", "undone", "kept", "left_out")


def upgrade() -> None:
    statuses = sa.Enum(*_STATUSES, name="importstatus", native_enum=False, length=40)
    with op.batch_alter_table("question_import") as table:
        table.add_column(sa.Column("status", statuses, server_default="committed", nullable=False))
        table.add_column(sa.Column("committed_at", models.base.UtcDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("committed_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("discipline", sa.String(length=100), nullable=True))
        table.add_column(sa.Column("refused", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("undo_reason", sa.String(length=500), nullable=True))
        table.create_foreign_key(op.f("fk_question_import_committed_by"), "person", ["committed_by"], ["id"])
    op.execute("UPDATE question_import SET committed_at = imported_at, committed_by = imported_by")
    op.execute("UPDATE question_import SET status = 'undone' WHERE undone_at IS NOT NULL")
    op.create_table(
        "question_import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("has_errors", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Enum(*_OUTCOMES, name="rowoutcome", native_enum=False, length=40), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["question_import.id"], name=op.f("fk_question_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_question_import_row")),
    )


def downgrade() -> None:
    op.drop_table("question_import_row")
    with op.batch_alter_table("question_import") as table:
        table.drop_constraint(op.f("fk_question_import_committed_by"), type_="foreignkey")
        for column in ("undo_reason", "refused", "discipline", "committed_by", "committed_at", "status"):
            table.drop_column(column)
