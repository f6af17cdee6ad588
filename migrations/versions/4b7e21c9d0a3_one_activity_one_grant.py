"""one activity, one grant: what an import warns of, the rule of a record, and check-outs that nobody owes"""

import sqlalchemy as sa
from alembic import op


revision = "4b7e21c9d0a3"
down_revision = "4b7e19c0d2a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credit_import_row", sa.Column("warnings", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("credit_import_row", sa.Column("accepted_reason", sa.String(length=500), nullable=True))
    op.create_index("ix_credit_import_row_person", "credit_import_row", ["person_id", "state"])
    op.add_column("credit_record", sa.Column("rule_code", sa.String(length=40), nullable=True))
    op.add_column(
        "session", sa.Column("is_check_out_waived", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("session", "is_check_out_waived")
    op.drop_column("credit_record", "rule_code")
    op.drop_index("ix_credit_import_row_person", table_name="credit_import_row")
    op.drop_column("credit_import_row", "accepted_reason")
    op.drop_column("credit_import_row", "warnings")
