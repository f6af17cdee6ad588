"""Batches of photos named by 继教编号, from which an admin enrols faces: a row for each person, decided one by one."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class FaceBatchStatus(enum.StrEnum):
    """The life of a batch. Nobody is shown one that is still being stored (`receiving`).

    `failed`: its job gave up, or its upload broke off. The rows without a result are then refused.
    """

    RECEIVING = "receiving"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class FaceBatch(Base):
    """One file of photos. The file itself isn't kept."""

    __tablename__ = "face_batch"
    __table_args__ = (
        Index("ix_face_batch_made_by", "made_by", "id"),
        Index("ix_face_batch_status", "status", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    status: Mapped[FaceBatchStatus] = mapped_column(words(FaceBatchStatus))
    rows: Mapped[int]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_error: Mapped[str | None] = mapped_column(String(60))
    """A stable code, where its job gave up."""


class FaceBatchResult(enum.StrEnum):
    """The result of a row. A held face waits for the decision of a case."""

    ENROLLED = "enrolled"
    HELD = "held"
    REFUSED = "refused"


class FaceBatchRow(Base):
    """The photos of one person in a batch, and what became of them."""

    __tablename__ = "face_batch_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("face_batch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Its place in the file, from 1."""
    cme_number: Mapped[str | None] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    """The name of its first photo in the file."""
    photos: Mapped[int]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    master_id: Mapped[str | None] = mapped_column(String(40), index=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The key that seals its waiting photos, wrapped by a master key; deleted with them once the row is decided."""
    result: Mapped[FaceBatchResult | None] = mapped_column(words(FaceBatchResult))
    code: Mapped[str | None] = mapped_column(String(60))
    """Why it is refused: a stable code."""
    photo: Mapped[int | None]
    """Which of its photos is at fault, from 0."""
    advice: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("face_case.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FaceBatchPhoto(Base):
    """A photo that waits for its row to be decided, sealed with the key of the row."""

    __tablename__ = "face_batch_photo"
    __table_args__ = (ForeignKeyConstraint(["batch_id", "row"], ["face_batch_row.batch_id", "face_batch_row.number"]),)

    batch_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """Its place among the photos of the row, from 0."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
