"""deletions of faces, of which their people get a receipt"""

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "5e0c93a7d418"
down_revision = "b6d20e81f4c7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    causes = ("withdrawn", "photos_withdrawn", "disowned", "renewed", "rejected", "reset", "unused")
    op.create_table(
        "face_erasure",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("cause", sa.Enum(*causes, native_enum=False, length=40), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_face_erasure_person", "face_erasure", ["person_id", "id"])


def downgrade() -> None:
    op.drop_table("face_erasure")
