"""What proves a person at sign-in: known devices, one-time slips, second factors; and the trail of failures."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class KnownDevice(Base):
    """A device on which somebody has signed in: strangers' failures do not stop it."""

    __tablename__ = "known_device"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """The last sign-in on it. It is forgotten 400 days later."""


class PasswordSlip(Base):
    """A one-time slip of paper from an admin, used in place of the password. Kept as an HMAC."""

    __tablename__ = "password_slip"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    slip_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    given_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None for one that was made on the machine, for the last system admin."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was used, or replaced by a newer one."""
    used_by: Mapped[uuid.UUID | None]
    """The sign-in that it opened, which may change the password with it; None if it was not used."""


class SecondFactor(Base):
    """The secret of somebody's one-time codes (TOTP, RFC 6238)."""

    __tablename__ = "second_factor"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    next_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A new secret that replaces a confirmed one with its first right code. Until then the old one is asked for."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The time of the first right code. Until then it is not asked for."""
    last_step: Mapped[int | None]
    """The time step of the last accepted code: a code opens once."""


class RecoveryCode(Base):
    """A code for somebody whose second factor is lost. Each opens once."""

    __tablename__ = "recovery_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(enum.StrEnum):
    """Why a sign-in failed."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, no password
    WRONG_CODE = "wrong_code"
    PROOF_REQUIRED = "proof_required"
    WRONG_PROOF = "wrong_proof"
    OTP_REQUIRED = "otp_required"
    WRONG_OTP = "wrong_otp"
    SUSPENDED = "suspended"


class FailedSignIn(Base):
    """One failed sign-in on an account: never what was typed. Kept for 180 days (PRIVACY L-18)."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_account", "account_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    device: Mapped[str] = mapped_column(String(40))
    """The kind of device in words of our own, as in `iPhone, WeChat`; empty if it is not known."""
    reason: Mapped[SignInFailure] = mapped_column(words(SignInFailure))
