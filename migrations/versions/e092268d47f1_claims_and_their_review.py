"""claims and their review"""

import sqlalchemy as sa
from alembic import op

revision = 'e092268d47f1'
down_revision = 'b8e42f6d01c7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'returned', 'approved', 'rejected', 'reversed', name='claimstatus', native_enum=False, length=40), nullable=False),
    sa.Column('mode', sa.Enum('free', 'wizard', name='claimmode', native_enum=False, length=40), nullable=False),
    sa.Column('rule_code', sa.String(length=40), nullable=False),
    sa.Column('rule_set', sa.String(length=40), nullable=False),
    sa.Column('rule_set_version', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('credit_class', sa.String(length=20), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('stated_credits', sa.BigInteger(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('activity_name', sa.String(length=200), nullable=False),
    sa.Column('activity_number', sa.String(length=60), nullable=True),
    sa.Column('activity_on', sa.Date(), nullable=False),
    sa.Column('delivery_mode', sa.String(length=40), nullable=False),
    sa.Column('credit_level', sa.String(length=40), nullable=True),
    sa.Column('discipline_l2', sa.String(length=100), nullable=False),
    sa.Column('discipline_l3', sa.String(length=100), nullable=True),
    sa.Column('issuer', sa.String(length=100), nullable=False),
    sa.Column('actual_count', sa.Integer(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('remark', sa.String(length=500), nullable=True),
    sa.Column('is_same_day_study', sa.Boolean(), nullable=False),
    sa.Column('claimed_credits', sa.BigInteger(), nullable=False),
    sa.Column('credits', sa.BigInteger(), nullable=False),
    sa.Column('likeness_reason', sa.String(length=500), nullable=True),
    sa.Column('likeness', sa.JSON(), nullable=True),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('waits_for', sa.Enum('department', 'unit', 'authority', name='reviewlevel', native_enum=False, length=40), nullable=True),
    sa.Column('review_unit_id', sa.Uuid(), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at_level', sa.Enum('department', 'unit', 'authority', name='reviewlevel', native_enum=False, length=40), nullable=True),
    sa.Column('comment', sa.String(length=500), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('department_reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unit_reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(status = 'submitted') = (waits_for IS NOT NULL)", name=op.f('ck_claim_waits')),
    sa.CheckConstraint('credits > 0 AND hours >= 0', name=op.f('ck_claim_amounts')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_claim_person_id')),
    sa.ForeignKeyConstraint(['review_unit_id'], ['unit.id'], name=op.f('fk_claim_review_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim'))
    )
    op.create_index('ix_claim_person', 'claim', ['person_id', 'activity_on', 'id'])
    op.create_index('ix_claim_queue', 'claim', ['review_unit_id', 'waits_for', 'waiting_since', 'id'], postgresql_where=sa.text("status = 'submitted'"), sqlite_where=sa.text("status = 'submitted'"))
    op.create_index('uq_claim_same_day_study', 'claim', ['person_id', 'activity_on'], unique=True, postgresql_where=sa.text("is_same_day_study AND status NOT IN ('rejected', 'reversed')"), sqlite_where=sa.text("is_same_day_study AND status NOT IN ('rejected', 'reversed')"))

    op.create_table('claim_name_word',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['person.id'], name=op.f('fk_claim_name_word_added_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_name_word')),
    sa.UniqueConstraint('word', name=op.f('uq_claim_name_word_word'))
    )
    op.create_table('claim_permission',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('set_by', sa.Uuid(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_claim_permission_person_id')),
    sa.ForeignKeyConstraint(['set_by'], ['person.id'], name=op.f('fk_claim_permission_set_by')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_claim_permission'))
    )
    op.create_table('claim_setting',
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=True),
    sa.Column('levels', sa.JSON(), nullable=True),
    sa.Column('open_years', sa.Integer(), nullable=True),
    sa.Column('set_by', sa.Uuid(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['set_by'], ['person.id'], name=op.f('fk_claim_setting_set_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_claim_setting_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_claim_setting'))
    )
    op.create_table('claim_evidence',
    sa.Column('claim_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_claim_evidence_claim_id')),
    sa.PrimaryKeyConstraint('claim_id', 'place', name=op.f('pk_claim_evidence'))
    )
    op.create_index('ix_claim_evidence_evidence', 'claim_evidence', ['evidence_id'])

    op.create_table('claim_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Enum('submit', 'withdraw', 'approve', 'return', 'reject', 'passed_on', name='claimact', native_enum=False, length=40), nullable=False),
    sa.Column('level', sa.Enum('department', 'unit', 'authority', name='reviewlevel', native_enum=False, length=40), nullable=True),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('comment', sa.String(length=500), nullable=True),
    sa.Column('credits_before', sa.BigInteger(), nullable=False),
    sa.Column('credits_after', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_claim_step_claim_id')),
    sa.ForeignKeyConstraint(['done_by'], ['person.id'], name=op.f('fk_claim_step_done_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_claim_step_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_step'))
    )
    op.create_index('ix_claim_step_claim', 'claim_step', ['claim_id', 'id'])


def downgrade() -> None:
    # what stands for claims would be unknown to the code before it
    op.execute("UPDATE credit_record SET status = 'withdrawn' WHERE source_kind = 'claim' AND status <> 'approved'")
    op.execute("DELETE FROM notice WHERE topic IN ('claims_waiting', 'claim_decided')")
    op.drop_table('claim_step')
    op.drop_table('claim_evidence')
    op.drop_table('claim_setting')
    op.drop_table('claim_permission')
    op.drop_table('claim_name_word')
    op.drop_table('claim')
