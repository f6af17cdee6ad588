"""cells that cannot be read"""

import sqlalchemy as sa
from alembic import op

revision = '8c1d5e70b3f2'
down_revision = "a41c9e07b6d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('credit_import_row', sa.Column('cell_faults', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    op.drop_column('credit_import_row', 'cell_faults')
