"""the last day a face was used"""

import sqlalchemy as sa
from alembic import op

revision = "9b2e64d01f7c"
down_revision = "c7d1a94be3f0"
branch_labels = None
depends_on = None

_DAY = {"sqlite": "date({})", "postgresql": "CAST({} AT TIME ZONE 'UTC' AS date)"}


def upgrade() -> None:
    op.add_column("face_template", sa.Column("last_shown_on", sa.Date(), nullable=True))
    day = _DAY[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE face_template SET last_shown_on = coalesce((SELECT {day.format('max(check_in_attempt.attempted_at)')}"  # noqa: S608
        " FROM check_in_attempt WHERE check_in_attempt.person_id = face_template.person_id"
        " AND check_in_attempt.distance IS NOT NULL"
        f" AND check_in_attempt.attempted_at >= face_template.enrolled_at), {day.format('enrolled_at')})"
    )
    with op.batch_alter_table("face_template") as table:
        table.alter_column("last_shown_on", existing_type=sa.Date(), nullable=False)
        table.create_index(op.f("ix_face_template_last_shown_on"), ["last_shown_on"])


def downgrade() -> None:
    with op.batch_alter_table("face_template") as table:
        table.drop_index(op.f("ix_face_template_last_shown_on"))
        table.drop_column("last_shown_on")
