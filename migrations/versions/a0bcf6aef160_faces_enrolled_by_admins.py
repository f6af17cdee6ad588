"""faces enrolled by admins"""

import sqlalchemy as sa
from alembic import op

import models.base


revision = 'a0bcf6aef160'
down_revision = "a7d3e51c9b24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('face_batch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('receiving', 'working', 'done', 'cancelled', 'failed', name='facebatchstatus', native_enum=False, length=40), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('job_error', sa.String(length=60), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_face_batch_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_face_batch'))
    )
    with op.batch_alter_table('face_batch', schema=None) as batch_op:
        batch_op.create_index('ix_face_batch_made_by', ['made_by', 'id'], unique=False)
        batch_op.create_index('ix_face_batch_status', ['status', 'made_at'], unique=False)

    op.create_table('face_batch_row',
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cme_number', sa.String(length=20), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('photos', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('master_id', sa.String(length=40), nullable=True),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('result', sa.Enum('enrolled', 'held', 'refused', name='facebatchresult', native_enum=False, length=40), nullable=True),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('photo', sa.Integer(), nullable=True),
    sa.Column('advice', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['face_batch.id'], name=op.f('fk_face_batch_row_batch_id')),
    sa.ForeignKeyConstraint(['case_id'], ['face_case.id'], name=op.f('fk_face_batch_row_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_face_batch_row_person_id')),
    sa.PrimaryKeyConstraint('batch_id', 'number', name=op.f('pk_face_batch_row'))
    )
    with op.batch_alter_table('face_batch_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_face_batch_row_master_id'), ['master_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_face_batch_row_person_id'), ['person_id'], unique=False)

    op.create_table('face_batch_photo',
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id', 'row'], ['face_batch_row.batch_id', 'face_batch_row.number'], name=op.f('fk_face_batch_photo_batch_id_row')),
    sa.PrimaryKeyConstraint('batch_id', 'row', 'place', name=op.f('pk_face_batch_photo'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('witness_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_consent_witness_id'), 'person', ['witness_id'], ['id'])

    with op.batch_alter_table('face_reset', schema=None) as batch_op:
        batch_op.add_column(sa.Column('refused_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('refused_at', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('refusal_reason', sa.String(length=500), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_face_reset_refused_by'), 'person', ['refused_by'], ['id'])

    with op.batch_alter_table('face_template', schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel', sa.String(length=20), server_default='app', nullable=False))
        batch_op.add_column(sa.Column('enrolled_by', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_face_template_enrolled_by'), 'person', ['enrolled_by'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('face_template', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_face_template_enrolled_by'), type_='foreignkey')
        batch_op.drop_column('enrolled_by')
        batch_op.drop_column('channel')

    with op.batch_alter_table('face_reset', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_face_reset_refused_by'), type_='foreignkey')
        batch_op.drop_column('refusal_reason')
        batch_op.drop_column('refused_at')
        batch_op.drop_column('refused_by')

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_consent_witness_id'), type_='foreignkey')
        batch_op.drop_column('witness_id')

    op.drop_table('face_batch_photo')
    with op.batch_alter_table('face_batch_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_face_batch_row_person_id'))
        batch_op.drop_index(batch_op.f('ix_face_batch_row_master_id'))

    op.drop_table('face_batch_row')
    with op.batch_alter_table('face_batch', schema=None) as batch_op:
        batch_op.drop_index('ix_face_batch_status')
        batch_op.drop_index('ix_face_batch_made_by')

    op.drop_table('face_batch')
