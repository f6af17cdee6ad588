"""observations of attendance machines"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

revision = 'a41c07e2d9b3'
down_revision = '3b8e5d27c914'
branch_labels = None
depends_on = None

_DIRECTIONS = sa.Enum('in', 'out', name='direction', native_enum=False, length=40)
_STATUSES = sa.Enum('present', 'late', 'needs_review', 'rejected', name='checkinstatus', native_enum=False, length=40)


def upgrade() -> None:
    op.add_column('check_in', sa.Column('machine_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('check_in', sa.Column('machine_status', _STATUSES, nullable=True))
    op.add_column('attendance_import_row', sa.Column('findings', sa.JSON(), server_default='[]', nullable=False))
    observations = op.create_table(
        'machine_observation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('session_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('said', _DIRECTIONS, nullable=True),
        sa.Column('direction', _DIRECTIONS, nullable=False),
        sa.Column('device_id', sa.String(length=64), nullable=True),
        sa.Column('import_id', sa.Uuid(), nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['attendance_import.id'], name=op.f('fk_machine_observation_import_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_machine_observation_person_id')),
        sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_machine_observation_session_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_machine_observation')),
        sa.UniqueConstraint('import_id', 'row', name=op.f('uq_machine_observation_import_id_row')),
    )
    op.create_index('ix_machine_observation_person', 'machine_observation', ['session_id', 'person_id'])
    op.create_index(op.f('ix_machine_observation_person_id'), 'machine_observation', ['person_id'])
    _keep_earlier_punches(observations)


def downgrade() -> None:
    op.drop_table('machine_observation')
    op.drop_column('attendance_import_row', 'findings')
    op.drop_column('check_in', 'machine_status')
    op.drop_column('check_in', 'machine_at')


def _keep_earlier_punches(observations: sa.Table) -> None:
    """Make an observation of each punch committed so far: the undo of its import finds it there."""
    rows = sa.table(
        'attendance_import_row',
        sa.column('import_id', sa.Uuid()), sa.column('number', sa.Integer()), sa.column('punch', sa.JSON()),
        sa.column('person_id', sa.Uuid()), sa.column('session_id', sa.Uuid()), sa.column('outcome', sa.String()),
        sa.column('made_id', sa.Uuid()),
    )
    imports = sa.table('attendance_import', sa.column('id', sa.Uuid()), sa.column('kind'), sa.column('status'))
    committed = (
        sa.select(rows)
        .join(imports, imports.c.id == rows.c.import_id)
        .where(imports.c.kind == 'punches', imports.c.status.in_(['committing', 'committed']))
        .where(rows.c.outcome.in_(['added', 'already']))
        .where(rows.c.session_id.is_not(None), rows.c.person_id.is_not(None))
    )
    db = op.get_bind()
    for row in db.execute(committed).all():
        punch = row.punch or {}
        if 'at' not in punch or 'direction' not in punch:
            continue
        ident: uuid.UUID = uuid7()
        db.execute(
            observations.insert(),
            {
                'id': ident, 'session_id': row.session_id, 'person_id': row.person_id,
                'at': datetime.fromisoformat(punch['at']), 'said': None, 'direction': punch['direction'],
                'device_id': punch.get('device') or None, 'import_id': row.import_id, 'row': row.number,
            },
        )
        same = (rows.c.import_id == row.import_id) & (rows.c.number == row.number)
        db.execute(sa.update(rows).where(same).values(outcome='added', made_id=ident))
