"""exams that can be mended: corrections, exceptions for one person, exact points"""

import json
from fractions import Fraction

import sqlalchemy as sa
from alembic import op

import models.base

revision = "e5a1c07d93b4"
down_revision = 'b52d18f3ea04'
branch_labels = None
depends_on = None

_KINDS = ("key", "void", "accept_all")
_EXCEPTIONS = ("attempts", "until", "passed")


def upgrade() -> None:
    op.create_table(
        "exam_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum(*_KINDS, name="correctionkind", native_enum=False, length=40), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("people_moved", sa.Integer(), nullable=False),
        sa.Column("newly_passed", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_exam_correction_project_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_exam_correction_question_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_exam_correction_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_correction")),
    )
    op.create_index("ix_exam_correction_project", "exam_correction", ["project_id", "id"])
    op.create_table(
        "exam_regrade",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("score_before", sa.Integer(), nullable=False),
        sa.Column("score_after", sa.Integer(), nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column("passed_after", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["exam_attempt.id"], name=op.f("fk_exam_regrade_attempt_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["exam_correction.id"], name=op.f("fk_exam_regrade_correction_id")),
        sa.PrimaryKeyConstraint("attempt_id", "correction_id", name=op.f("pk_exam_regrade")),
    )
    op.create_table(
        "exam_exception",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum(*_EXCEPTIONS, name="exceptionkind", native_enum=False, length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("until", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'attempts') = (attempts IS NOT NULL) AND (kind = 'until') = (until IS NOT NULL)",
            name=op.f("ck_exam_exception_content"),
        ),
        sa.CheckConstraint("attempts >= 1", name=op.f("ck_exam_exception_attempts")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_exam_exception_project_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exam_exception_person_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_exam_exception_given_by")),
        sa.PrimaryKeyConstraint("project_id", "person_id", "kind", name=op.f("pk_exam_exception")),
    )
    op.create_index("ix_exam_exception_person", "exam_exception", ["person_id"])
    op.add_column("exam_attempt", sa.Column("score", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE exam_attempt SET score = CASE WHEN out_of > 0"
        " THEN CAST(CAST(points AS BIGINT) * 10000 / out_of AS INTEGER) ELSE 0 END WHERE points IS NOT NULL"
    )
    op.drop_column("exam_attempt", "points")


def downgrade() -> None:
    """Put whole points back: fractions are rounded down, as they were before."""
    op.add_column("exam_attempt", sa.Column("points", sa.Integer(), nullable=True))
    attempt = sa.table("exam_attempt", sa.column("id"), sa.column("earned", sa.Text()), sa.column("points"))
    connection = op.get_bind()
    as_text = sa.cast(attempt.c.earned, sa.Text())
    graded = sa.select(attempt.c.id, as_text).where(attempt.c.earned.is_not(None), as_text != "null")
    for id, earned in connection.execute(graded).all():
        whole = [int(Fraction(each)) for each in json.loads(earned)]
        connection.execute(
            sa.text("UPDATE exam_attempt SET earned = :earned, points = :points WHERE id = :id"),
            {"earned": json.dumps(whole), "points": sum(whole), "id": id},
        )
    op.drop_column("exam_attempt", "score")
    op.drop_index("ix_exam_exception_person", table_name="exam_exception")
    op.drop_table("exam_exception")
    op.drop_table("exam_regrade")
    op.drop_index("ix_exam_correction_project", table_name="exam_correction")
    op.drop_table("exam_correction")
