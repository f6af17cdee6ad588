"""files of evidence at claims"""

import sqlalchemy as sa
from alembic import op

import models.amounts
import models.base


revision = 'b3719a610f17'
down_revision = '539eaff0ebee'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make(sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_claim_evidence_evidence_id')))


def downgrade() -> None:
    _make()


def _make(*more: sa.Constraint) -> None:
    """Make the table anew: until now its files were unknown, so there is nothing to keep."""
    op.drop_table('claim_evidence')
    op.create_table(
        'claim_evidence',
        sa.Column('claim_id', sa.Uuid(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('evidence_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_claim_evidence_claim_id')),
        *more,
        sa.PrimaryKeyConstraint('claim_id', 'place', name=op.f('pk_claim_evidence')),
    )
    op.create_index('ix_claim_evidence_evidence', 'claim_evidence', ['evidence_id'])
