"""The deletions of a person's face: recorded with the deletion itself, and listed for that person."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.face_erasures import FaceErasure, FaceErasureCause, FacePart


def record(
    db: Session,
    person_id: uuid.UUID,
    *,
    cause: FaceErasureCause,
    parts: Sequence[FacePart],
    photos: int,
    now: datetime,
) -> None:
    """Record what was deleted, in the transaction that deletes it. Nothing deleted, nothing recorded."""
    if parts:
        named = [part.value for part in parts]
        db.add(FaceErasure(person_id=person_id, cause=cause, parts=named, photos=photos, erased_at=now))
        db.flush()


def list_own(db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> Sequence[FaceErasure]:
    """Return the deletions of a person's face, newest first, beginning after `after`."""
    wanted = select(FaceErasure).where(FaceErasure.person_id == person_id)
    if after is not None:
        wanted = wanted.where(FaceErasure.id < after)
    return db.scalars(wanted.order_by(FaceErasure.id.desc()).limit(limit)).all()
