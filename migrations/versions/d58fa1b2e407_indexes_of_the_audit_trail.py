"""indexes of the audit trail"""

from alembic import op

from migrations import online

revision = "d58fa1b2e407"
down_revision = "c47e90a1d3f8"
branch_labels = None
depends_on = None

COLUMNS = {
    "ix_audit_entry_subject_at": "subject_id",
    "ix_audit_entry_actor_at": "actor_id",
    "ix_audit_entry_action_at": "action",
}


def upgrade() -> None:
    for name, first in COLUMNS.items():
        online.create_index(name, "audit_entry", [first, "at", "id"])
    online.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])
    op.drop_index("ix_audit_entry_actor_id", table_name="audit_entry")


def downgrade() -> None:
    op.create_index("ix_audit_entry_actor_id", "audit_entry", ["actor_id"])
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    for name in reversed(COLUMNS):
        op.drop_index(name, table_name="audit_entry")
