"""Evidence of claims: files that people upload, and that their reviewers see."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class EvidenceKind(enum.StrEnum):
    """What a file of evidence is, once it was made anew."""

    PICTURE = "picture"
    PDF = "pdf"


class Evidence(Base):
    """A file of evidence (佐证材料) of one person. The same file again is the same row."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("person_id", "digest"),
        Index("ix_evidence_made", "made_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Keyed hash of the file as it was sent."""
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    thumbnail_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    size: Mapped[int] = mapped_column(Integer)
    """Bytes, as it is stored."""
    pages: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
