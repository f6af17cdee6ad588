"""photos of profiles"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "7f20b9c4d1e5"
down_revision = 'd58fa1b2e407'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile_photo",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("put_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_profile_photo_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_photo_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_profile_photo")),
    )


def downgrade() -> None:
    op.drop_table("profile_photo")
