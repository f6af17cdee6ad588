"""what an excused session is in the sum"""

import sqlalchemy as sa
from alembic import op

revision = 'b52d18f3ea04'
down_revision = 'a41c07e2d9b3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    kinds = sa.Enum('counts_as_absent', 'leaves_the_sum', name='excusedrule', native_enum=False, length=40)
    op.add_column('project', sa.Column('excused', kinds, server_default='counts_as_absent', nullable=False))


def downgrade() -> None:
    op.drop_column('project', 'excused')
