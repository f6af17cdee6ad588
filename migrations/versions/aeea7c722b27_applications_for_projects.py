"""applications for projects"""

import sqlalchemy as sa
from alembic import op

import models.base


revision = 'aeea7c722b27'
down_revision = 'c8e2a5017f94'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('project_application',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=True),
    sa.Column('status', sa.Enum('pending', 'accepted', 'waiting', 'declined', 'withdrawn', 'removed', 'lapsed', name='applicationstatus', native_enum=False, length=40), nullable=False),
    sa.Column('applied_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_project_application_decided_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_project_application_person_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_application_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_application'))
    )
    with op.batch_alter_table('project_application', schema=None) as batch_op:
        batch_op.create_index('ix_project_application_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_project_application_project', ['project_id', 'status', 'id'], unique=False)
        batch_op.create_index('uq_project_application_stands', ['project_id', 'person_id'], unique=True, sqlite_where=sa.text("status IN ('pending', 'accepted', 'waiting')"), postgresql_where=sa.text("status IN ('pending', 'accepted', 'waiting')"))

    op.create_table('roster_removal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('removed_by', sa.Uuid(), nullable=False),
    sa.Column('removed_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roster_removal_person_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_roster_removal_project_id')),
    sa.ForeignKeyConstraint(['removed_by'], ['person.id'], name=op.f('fk_roster_removal_removed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_removal'))
    )
    with op.batch_alter_table('roster_removal', schema=None) as batch_op:
        batch_op.create_index('ix_roster_removal_person', ['person_id', 'project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_removal_project_id'), ['project_id'], unique=False)

    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.add_column(sa.Column('applications', sa.Enum('none', 'automatic', 'reviewed', name='applicationmode', native_enum=False, length=40), server_default='none', nullable=False))
        batch_op.add_column(sa.Column('is_open', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('open_to', sa.Enum('anyone', 'own_unit', name='opento', native_enum=False, length=40), server_default='anyone', nullable=False))

    with op.batch_alter_table('roster_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.Enum('staff', 'application', 'on_site', name='rosterorigin', native_enum=False, length=40), server_default='staff', nullable=False))

    with op.batch_alter_table('waiting_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.Enum('staff', 'application', 'on_site', name='rosterorigin', native_enum=False, length=40), server_default='staff', nullable=False))



def downgrade() -> None:
    for table in ("waiting_entry", "roster_entry"):
        op.drop_column(table, "origin")
    for column in ("open_to", "is_open", "applications"):
        op.drop_column("project", column)

    with op.batch_alter_table('roster_removal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_removal_project_id'))
        batch_op.drop_index('ix_roster_removal_person')

    op.drop_table('roster_removal')
    with op.batch_alter_table('project_application', schema=None) as batch_op:
        batch_op.drop_index('uq_project_application_stands', sqlite_where=sa.text("status IN ('pending', 'accepted', 'waiting')"), postgresql_where=sa.text("status IN ('pending', 'accepted', 'waiting')"))
        batch_op.drop_index('ix_project_application_project')
        batch_op.drop_index('ix_project_application_person')

    op.drop_table('project_application')
