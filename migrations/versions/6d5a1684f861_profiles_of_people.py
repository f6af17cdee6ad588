"""profiles of people, their history, and requests to correct them"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "6d5a1684f861"
down_revision = 'f1ae1c4115b5'
branch_labels = None
depends_on = None

INSTANT = models.base.UtcDateTime(timezone=True)
OPEN = sa.text("status = 'open'")
TITLES = (
    *("chief_physician", "associate_chief_physician", "attending_physician", "physician", "assistant_physician"),
    *("chief_pharmacist", "associate_chief_pharmacist", "pharmacist_in_charge", "pharmacist", "assistant_pharmacist"),
    *("chief_nurse", "associate_chief_nurse", "nurse_in_charge", "senior_nurse", "nurse"),
    *("chief_technician", "associate_chief_technician", "technician_in_charge", "technician", "assistant_technician"),
    *("other_senior", "other_associate_senior", "other_intermediate", "other_junior", "none"),
)
EDUCATIONS = (
    *("postgraduate", "undergraduate", "junior_college", "secondary_vocational", "senior_secondary"),
    *("junior_secondary", "other"),
)
STATUSES = ("normal", "deregistered", "retired", "suspended_post", "long_sick_leave")
TRANSFERS = ("none", "transferred_in", "transferred_out", "waiting_in")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "person_profile",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sex", _words("sex", "male", "female"), nullable=True),
        sa.Column("ethnicity_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("political_status_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("education", _words("education", *EDUCATIONS), nullable=True),
        sa.Column("degree", _words("degree", "doctor", "master", "bachelor", "none"), nullable=True),
        sa.Column("post", sa.String(length=100), nullable=True),
        sa.Column("title", _words("title", *TITLES), nullable=True),
        sa.Column("person_status", _words("personstatus", *STATUSES), nullable=False),
        sa.Column("transfer_status", _words("transferstatus", *TRANSFERS), nullable=False),
        sa.Column("contact_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_ic_card_no_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_profile_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_profile")),
    )
    op.create_table(
        "profile_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("title", _words("title", *TITLES), nullable=True),
        sa.Column("person_status", _words("personstatus", *STATUSES), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_change_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_change")),
    )
    op.create_index("ix_profile_change_person", "profile_change", ["person_id", "id"])
    op.create_table(
        "profile_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("wanted_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=True),
        sa.Column("status", _words("profilerequeststatus", "open", "accepted", "rejected", "withdrawn"), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_profile_request_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_request")),
    )
    op.create_index("ix_profile_request_status", "profile_request", ["status", "id"])
    op.create_index("ix_profile_request_person", "profile_request", ["person_id", "id"])
    op.create_index(
        "uq_profile_request_open",
        "profile_request",
        ["person_id", "field"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("profile_request")
    op.drop_table("profile_change")
    op.drop_table("person_profile")
