"""indexes of pinyin"""

import sqlalchemy as sa
from alembic import op

from migrations import online

revision = "b8e42f6d01c7"
down_revision = "a3d17c5e90b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.text("pinyin_others IS NOT NULL")
    online.create_index("ix_person_pinyin", "person", ["pinyin", "id"])
    online.create_index("ix_person_pinyin_initials", "person", ["pinyin_initials", "id"])
    online.create_index(
        "ix_person_pinyin_others", "person", ["pinyin_others", "id"], sqlite_where=there, postgresql_where=there
    )


def downgrade() -> None:
    for name in ("ix_person_pinyin_others", "ix_person_pinyin_initials", "ix_person_pinyin"):
        op.drop_index(name, table_name="person")
