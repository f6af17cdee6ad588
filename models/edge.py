"""What the edge of the service keeps: replies for retried requests, download links, the audit trail, check values."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, new_id


class IdempotentReply(Base):
    """The reply to an unsafe request that carried an Idempotency-Key, written in the same transaction as its effect."""

    __tablename__ = "idempotent_reply"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInReply(Base):
    """A sign-in, password change or reset that carried an Idempotency-Key: tokens are made anew for a repeated request.

    Neither the key nor the body is stored, only their HMACs. Kept for ten minutes.
    """

    __tablename__ = "sign_in_reply"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """HMAC of route and key."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of the body."""
    sign_in_id: Mapped[uuid.UUID | None]
    """The sign-in that the request began; None for a reset, which begins none."""
    refresh_id: Mapped[uuid.UUID | None]
    """The first refresh token of that sign-in: once it is exchanged, a repeated request gets no tokens."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DownloadLink(Base):
    """A link that gives one file once without a bearer, for web views. Its secret is kept as an HMAC."""

    __tablename__ = "download_link"

    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sign_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_in.id"))
    """The sign-in with whose rights the file is read."""
    path: Mapped[str] = mapped_column(String(2000))
    """The path with its query, of a GET of ours."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KeyCheck(Base):
    """The check value of a secret key, from which nobody can compute the key. A start with another key is refused."""

    __tablename__ = "key_check"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """Who changed what, when and why. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_entry_subject_at", "subject_id", "at", "id"),
        Index("ix_audit_entry_actor_at", "actor_id", "at", "id"),
        Index("ix_audit_entry_action_at", "action", "at", "id"),
        Index("ix_audit_entry_at", "at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where the system itself acted."""
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    reason: Mapped[str | None] = mapped_column(String(500))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    people: Mapped[list["AuditPerson"]] = relationship(lazy="raise")


class AuditPerson(Base):
    """A person whom an audit entry is about. It outlives the person, so it is no foreign key."""

    __tablename__ = "audit_person"
    __table_args__ = (Index("ix_audit_person_entry", "entry_id", "person_id"),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """The time of the entry, by which the entries about one person are read."""
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
