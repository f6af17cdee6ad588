"""people by name: an index with all that a search of people looks at"""

from alembic import op

from migrations import online

revision = "d4b1f7e60c2a"
down_revision = "9b2c7e51f0a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index("ix_person_name", "person", ["name", "id", "cme_number", "unit_id"])


def downgrade() -> None:
    op.drop_index("ix_person_name", table_name="person")
