"""people by name: an index with all that a search of people looks at"""

from alembic import op

revision = "d4b1f7e60c2a"
down_revision = "e7b40a6d1c93"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_person_name", "person", ["name", "id", "cme_number", "unit_id"])


def downgrade() -> None:
    op.drop_index("ix_person_name", table_name="person")
