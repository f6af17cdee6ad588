"""the door: devices, slips, second factors, failed sign-ins, download links, repeated sign-ins"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "5d8a1f3c6e27"
down_revision = "3e5f0b8a91d4"
branch_labels = None
depends_on = None

INSTANT = models.base.UtcDateTime(timezone=True)
FAILURES = "wrong_password", "wrong_code", "proof_required", "wrong_proof", "otp_required", "wrong_otp", "suspended"


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.alter_column("password_hash", existing_type=sa.String(length=200), nullable=True)
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("device", sa.String(length=40), server_default="", nullable=False))
        table.add_column(sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True))
        table.add_column(
            sa.Column("is_second_factor_due", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("last_used_at", INSTANT, nullable=True))
    with op.batch_alter_table("sms_code") as table:
        table.add_column(sa.Column("account_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True))
        table.add_column(sa.Column("stranger_tries", sa.Integer(), server_default="0", nullable=False))
        table.create_foreign_key(op.f("fk_sms_code_account_id"), "account", ["account_id"], ["id"])
    op.create_table(
        "known_device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_known_device_account_id")),
        sa.PrimaryKeyConstraint("account_id", "device_hash", name=op.f("pk_known_device")),
    )
    op.create_index(op.f("ix_known_device_seen_at"), "known_device", ["seen_at"])
    op.create_table(
        "password_slip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("slip_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_password_slip_account_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_password_slip_given_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_slip")),
    )
    op.create_index(op.f("ix_password_slip_account_id"), "password_slip", ["account_id"])
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Enum(*FAILURES, name="signinfailure", native_enum=False, length=40), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_failed_sign_in_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index("ix_failed_sign_in_account", "failed_sign_in", ["account_id", "at"])
    op.create_index(op.f("ix_failed_sign_in_at"), "failed_sign_in", ["at"])
    op.create_table(
        "sign_in_reply",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=True),
        sa.Column("refresh_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_reply")),
    )
    op.create_index(op.f("ix_sign_in_reply_created_at"), "sign_in_reply", ["created_at"])
    op.create_table(
        "download_link",
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=2000), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_download_link_sign_in_id")),
        sa.PrimaryKeyConstraint("link_hash", name=op.f("pk_download_link")),
    )
    op.create_index(op.f("ix_download_link_expires_at"), "download_link", ["expires_at"])


def downgrade() -> None:
    for table in (
        "download_link", "sign_in_reply", "failed_sign_in", "recovery_code", "second_factor", "password_slip",
        "known_device",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DELETE FROM sms_code WHERE purpose = 'phone_change'")
    with op.batch_alter_table("sms_code") as batch:
        batch.drop_constraint(op.f("fk_sms_code_account_id"), type_="foreignkey")
        for column in ("stranger_tries", "device_hash", "account_id"):
            batch.drop_column(column)
    with op.batch_alter_table("sign_in") as batch:
        for column in ("last_used_at", "is_second_factor_due", "device_hash", "device"):
            batch.drop_column(column)
    op.execute("UPDATE account SET password_hash = '' WHERE password_hash IS NULL")  # no password fits it
    with op.batch_alter_table("account") as batch:
        batch.alter_column("password_hash", existing_type=sa.String(length=200), nullable=False)
