"""the id of a person in the row of a roster that this service wrote"""

import sqlalchemy as sa
from alembic import op

revision = "2f6b9d13c7e8"
down_revision = "d4b1f7e60c2a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attendance_import_row", sa.Column("person_ref", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("attendance_import_row", "person_ref")
