"""Deletes faces that were not used for twelve months (PRIVACY L-6). The consent stays: the owner may enrol again."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment import holds
from accounts.enrolment.enrolment import delete_face
from foundation import audit
from foundation.clock import day_at_home
from models.face_erasures import FaceErasureCause
from models.faces import FaceTemplate

_KEPT_UNUSED = timedelta(days=365)  # PRIVACY L-6, our assumption


def find_unused(db: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the people whose face was not used for twelve months, the longest unused first. Nothing is locked."""
    unused = select(FaceTemplate.person_id).where(FaceTemplate.last_shown_on < _since(now))
    return list(db.scalars(unused.order_by(FaceTemplate.last_shown_on, FaceTemplate.position)))


def delete_if_unused(db: Session, *, person_id: uuid.UUID, now: datetime) -> bool:
    """Delete a person's face if it is still unused; return whether it was.

    Take one person in a transaction, which locks as every other change of a face does. A case that was only about a
    held face is closed, because nothing is left to decide. The deletion writes an audit entry as proof.
    """
    holds.lock(db, person_id)
    unused = select(FaceTemplate).where(FaceTemplate.person_id == person_id, FaceTemplate.last_shown_on < _since(now))
    face = db.scalars(unused.with_for_update()).first()  # a check-in that uses it just now is waited for
    if face is None:
        return False
    holds.close_cases_of(db, face, now)
    delete_face(db, person_id=person_id, cause=FaceErasureCause.UNUSED, now=now)
    audit.record(db, None, now, "face.expire", ("person", person_id))
    return True


def _since(now: datetime) -> date:
    return day_at_home(now - _KEPT_UNUSED)
