"""pinyin of people: the upkeep reads the names that are there already"""

import sqlalchemy as sa
from alembic import op

revision = "a3d17c5e90b2"
down_revision = 'd41f7a0c95e3'
branch_labels = None
depends_on = None

LETTERS = sa.String(600).with_variant(sa.String(600, collation="C"), "postgresql")
COLUMNS = ("pinyin", "pinyin_initials", "pinyin_others")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("person", sa.Column(name, LETTERS, nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("person", name)
