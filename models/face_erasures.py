"""What was deleted of a person's face, when and why: the proof that outlasts the face."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class FaceErasureCause(enum.StrEnum):
    """Why a face, or the kept photos of one, were deleted.

    `withdrawn`, `photos_withdrawn`, `disowned` and `renewed`: by its owner. `rejected` and `reset`: by a decision of
    admins. `unused`: not used for twelve months. `deregistered`: its owner was deregistered (注销).
    """

    WITHDRAWN = "withdrawn"
    PHOTOS_WITHDRAWN = "photos_withdrawn"
    DISOWNED = "disowned"
    RENEWED = "renewed"
    REJECTED = "rejected"
    RESET = "reset"
    UNUSED = "unused"
    DEREGISTERED = "deregistered"


class FacePart(enum.StrEnum):
    """What is stored of a face. `used_pictures`: the marks that keep a picture from being used twice."""

    TEMPLATE = "template"
    PHOTOS = "photos"
    USED_PICTURES = "used_pictures"
    KEY = "key"


class FaceErasure(Base):
    """One deletion, of which its person gets a signed receipt. Rows are only ever added."""

    __tablename__ = "face_erasure"
    __table_args__ = (Index("ix_face_erasure_person", "person_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    cause: Mapped[FaceErasureCause] = mapped_column(words(FaceErasureCause))
    parts: Mapped[list[str]] = mapped_column(JSON)
    """What was deleted, as values of `FacePart`. A part that did not exist is not among them."""
    photos: Mapped[int]
    """How many kept photos were deleted."""
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
