"""corrected questions, partial credit, evaluations that wait for their group"""

import sqlalchemy as sa
from alembic import op

revision = 'c3e8a41f7b20'
down_revision = 'c2f6a1d09e47'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evaluation_form', sa.Column('waiting', sa.JSON(), server_default='[]', nullable=False))
    op.add_column(
        'exam',
        sa.Column(
            'scoring',
            sa.Enum('all_or_nothing', 'partial', name='scoring', native_enum=False, length=40),
            server_default='all_or_nothing',
            nullable=False,
        ),
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaces_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_question_replaces_id'), 'question', ['replaces_id'], ['id'])
        batch_op.create_unique_constraint(batch_op.f('uq_question_replaces_id'), ['replaces_id'])


def downgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_question_replaces_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('fk_question_replaces_id'), type_='foreignkey')
        batch_op.drop_column('replaces_id')
    op.drop_column('exam', 'scoring')
    op.drop_column('evaluation_form', 'waiting')
