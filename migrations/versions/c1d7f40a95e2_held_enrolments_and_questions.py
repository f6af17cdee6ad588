"""held enrolments after a withdrawal, the question to the owner of a face, cases without another account"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "c1d7f40a95e2"
down_revision = "0c7e9a14d2f6"
branch_labels = None
depends_on = None

INSTANT = models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("face_template", sa.Column("device", sa.String(length=60), server_default="", nullable=False))
    op.add_column("face_template", sa.Column("question_at", INSTANT, nullable=True))
    reasons = sa.Enum("face_in_question", name="reviewreason", native_enum=False, length=40)
    op.add_column("check_in_attempt", sa.Column("review_reason", reasons, nullable=True))
    with op.batch_alter_table("face_case") as batch_op:
        batch_op.add_column(sa.Column("template_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=True))
        batch_op.alter_column("other_person_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("distance", existing_type=sa.Float(), nullable=True)
        batch_op.alter_column("threshold", existing_type=sa.Float(), nullable=True)
    # A decision is about the face that was held, and no more about whichever is held when it is made.
    op.execute(
        "UPDATE face_case SET template_id = (SELECT face_template.id FROM face_template WHERE face_template.person_id"
        " = face_case.person_id AND face_template.status = 'held') WHERE kind = 'duplicate_held' AND status = 'open'"
    )
    op.create_table(
        "face_hold",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("interruptions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("faces_withdrawn", sa.Integer(), nullable=False),
        sa.Column("is_after_withdrawal", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("two_people_at", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["face_case.id"], name=op.f("fk_face_hold_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_face_hold_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_face_hold")),
    )
    # Who withdrew before the upgrade and has no face now is held like who withdraws after it.
    op.execute(
        "INSERT INTO face_hold (person_id, faces_withdrawn, is_after_withdrawal, enrolled_at, withdrawn_at)"
        " SELECT person_id, 1, true, max(given_at), max(withdrawn_at) FROM consent"
        " WHERE purpose = 'face_recognition' AND withdrawn_at IS NOT NULL"
        " AND person_id NOT IN (SELECT person_id FROM face_template) GROUP BY person_id"
    )


def downgrade() -> None:
    op.drop_table("face_hold")
    op.execute("DELETE FROM face_case WHERE other_person_id IS NULL")
    with op.batch_alter_table("face_case") as batch_op:
        batch_op.alter_column("threshold", existing_type=sa.Float(), nullable=False)
        batch_op.alter_column("distance", existing_type=sa.Float(), nullable=False)
        batch_op.alter_column("other_person_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("facts")
        batch_op.drop_column("template_id")
    op.drop_column("check_in_attempt", "review_reason")
    op.drop_column("face_template", "question_at")
    op.drop_column("face_template", "device")
