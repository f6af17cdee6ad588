"""Certificates of credits (电子学分证书, M-10), and the names for which a font is missing."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class CertificateKind(enum.StrEnum):
    """What a certificate says: that somebody attended, or that they taught (授课证书)."""

    CREDIT = "credit"
    TEACHING = "teaching"


class CertificateSeries(Base):
    """The last sequence that was drawn for a number. One row: a sequence is never drawn twice, whatever came of it."""

    __tablename__ = "certificate_series"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))


_CURRENT = text("replaced_at IS NULL")


class Certificate(Base):
    """A certificate of one grant, with all that it says as it was at its issue.

    It is valid as long as it is not revoked, not replaced, and its grant is not reversed: the ledger alone says that.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_current", "entry_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT
        ),  # exactly one for each grant, also of two requests at once
        Index("ix_certificate_person", "person_id", "id"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revoked_for_a_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), unique=True)
    """Part of the number, and the place of the badge's bit in the status list."""
    number: Mapped[str] = mapped_column(String(40), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """Random, and not told by the number: who has it holds the certificate in their hands."""
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CertificateKind] = mapped_column(words(CertificateKind))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """All that the certificate says: `credit/certificates/snapshots.py`."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaces: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("certificate.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revocation_reason: Mapped[str | None] = mapped_column(String(500))


_OPEN = text("solved_at IS NULL")


class CertificateNameTask(Base):
    """A name with letters that no font has: its certificates wait until a font is added (FONT_DIR)."""

    __tablename__ = "certificate_name_task"
    __table_args__ = (
        Index("uq_certificate_name_task_open", "person_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    letters: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FileFormat(enum.StrEnum):
    """How several certificates come at once: as the pages of one PDF, or as a zip with a PDF of each."""

    PDF = "pdf"
    ZIP = "zip"


class CertificateFile(Base):
    """Several certificates that somebody wanted at once. A job makes it; after a day it is deleted."""

    __tablename__ = "certificate_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    """Who wanted it; nobody else gets it."""
    format: Mapped[FileFormat] = mapped_column(words(FileFormat))
    certificate_ids: Mapped[list[str]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_out: Mapped[list[str]] = mapped_column(JSON)
    """The numbers of those that were no longer valid, or could not be printed, when their turn came."""


class CertificateFilePart(Base):
    """A PDF of a file, in the order of the certificates: a zip is put together from them as it is sent."""

    __tablename__ = "certificate_file_part"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(60))
    data: Mapped[bytes] = mapped_column(LargeBinary)
