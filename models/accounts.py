"""Sign-in: accounts, sign-ins and their refresh tokens, SMS codes, throttles."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, new_id, words
from models.people import Person


class Account(Base):
    """A person's sign-in."""

    __tablename__ = "account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None without a password: the initial one is retired by a sign-in by SMS, and an old one by a one-time slip."""
    must_change_password: Mapped[bool]
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="raise")


class SignInEnd(enum.StrEnum):
    """Why a sign-in ended."""

    SIGNED_OUT = "signed_out"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, no password
    SUSPENDED = "suspended"
    IDLE = "idle"
    ENDED_BY_OWNER = "ended_by_owner"
    PHONE_CHANGED = "phone_changed"
    SECOND_FACTOR_CHANGED = "second_factor_changed"


class SignIn(Base):
    """One sign-in on one device: the family of all tokens that descend from it."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    refresh_id: Mapped[uuid.UUID]
    """The `jti` of the newest refresh token."""
    replaced_id: Mapped[uuid.UUID | None]
    """The refresh token that was exchanged for the newest one: until that is exchanged too, it gets the same pair."""
    method: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The kind of device in words of our own, as in `iPhone, WeChat`; empty if it is not known."""
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """HMAC of the id that the client chose for its device; None if it sent none."""
    is_second_factor_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether this sign-in opens only the set-up of a second factor, which the role needs."""
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The time of the last request, at most a minute late; kept for staff, whose idle sign-ins end."""
    proved_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The time of the last right code in X-OTP, which covers the gravest steps for some minutes."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[SignInEnd | None] = mapped_column(words(SignInEnd))

    account: Mapped[Account] = relationship(lazy="raise")


class SmsPurpose(enum.StrEnum):
    """What a code was asked for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a purpose, no password
    PHONE_CHANGE = "phone_change"
    OUT_OF_PROVINCE = "out_of_province"
    """The sign-in of somebody without 继教编号, by ID number and phone (M-10.2)."""


class SmsCode(Base):
    """A code sent by SMS, kept as an HMAC. One row a send; only the newest of a purpose counts.

    A row is written for unknown phones too, so that the limits answer alike for both.
    """

    __tablename__ = "sms_code"
    __table_args__ = (Index("ix_sms_code_phone", "phone_hash", "purpose", "sent_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of the phone; of phone and ID number together, where both were asked for."""
    purpose: Mapped[SmsPurpose] = mapped_column(words(SmsPurpose))
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """None for a phone that is nobody's: no code fits."""
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    """Who asked for it, signed in, to change their phone; None for a code that somebody asked for without sign-in."""
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The device that asked for it; None if it sent no id."""
    tries: Mapped[int] = mapped_column(default=0)
    """Tries of the device that asked for the code."""
    stranger_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    """Tries of all other devices."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Throttle(Base):
    """How often something was tried of late, by a key that says what and by whom (hashed where it would tell)."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int]
    window_from: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
