"""credit imports as jobs and grades of units"""

import sqlalchemy as sa
from alembic import op


revision = "c2f6a1d09e47"
down_revision = "847d5f10a888"
branch_labels = None
depends_on = None

_STATUSES = ("checking", "checked", "committing", "committed", "undoing", "undone")
_STATES = ("unchecked", "good", "bad", "claimed", "recorded", "undone")


def upgrade() -> None:
    # Added one by one: SQLite then copies no table, and no trigger is lost. What the code before this one inserts has
    # the defaults, which are right for it.
    status = sa.Enum(*_STATUSES, name="importstatus", native_enum=False, length=40)
    state = sa.Enum(*_STATES, name="rowstate", native_enum=False, length=40)
    grade = sa.Enum("provincial", "tertiary", name="unitgrade", native_enum=False, length=40)
    op.add_column("credit_import", sa.Column("status", status, server_default="checked", nullable=False))
    op.add_column("credit_import", sa.Column("undo_reason", sa.String(length=500), nullable=True))
    op.add_column("credit_import_row", sa.Column("state", state, server_default="unchecked", nullable=False))
    op.create_index("ix_credit_import_row_source", "credit_import_row", ["source_id"])
    op.add_column("unit", sa.Column("grade", grade, nullable=True))
    op.create_index('ix_project_ends_on', 'project', ['ends_on', 'id'])
    op.execute(
        "UPDATE credit_import SET status = CASE WHEN undone_at IS NOT NULL THEN 'undone' ELSE 'committed' END"
        " WHERE committed_at IS NOT NULL"
    )
    op.execute(
        "UPDATE credit_import_row SET state = CASE"
        " WHEN source_id IS NULL THEN 'bad'"
        " WHEN import_id IN (SELECT id FROM credit_import WHERE status = 'committed') THEN 'recorded'"
        " WHEN import_id IN (SELECT id FROM credit_import WHERE status = 'undone') THEN 'undone'"
        " ELSE 'good' END"
    )


def downgrade() -> None:
    op.drop_index('ix_project_ends_on', 'project')
    op.drop_column("unit", "grade")
    op.drop_index("ix_credit_import_row_source", "credit_import_row")
    op.drop_column("credit_import_row", "state")
    op.drop_column("credit_import", "undo_reason")
    op.drop_column("credit_import", "status")
