"""Cases of a face on two accounts: an enrolment opens them, and later enrolments use the decisions of admins."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment.gallery import Duplicate
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus


def open_case(db: Session, *, person_id: uuid.UUID, duplicate: Duplicate, now: datetime) -> FaceCase:
    """Open and return a case for an admin: the new face looks like the face of another account."""
    finding, is_certain = duplicate.finding, duplicate.is_certain
    case = FaceCase(
        kind=FaceCaseKind.DUPLICATE_REFUSED if is_certain else FaceCaseKind.DUPLICATE_HELD,
        status=FaceCaseStatus.OPEN,
        person_id=person_id,
        other_person_id=duplicate.person_id,
        distance=finding.distance,
        threshold=finding.certain_at if is_certain else finding.held_to,
        opened_at=now,
    )
    db.add(case)
    db.flush()
    return case


def people_decided_different(db: Session, person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the ids of the people whom an admin has decided to be different from this person."""
    found = db.execute(
        select(FaceCase.person_id, FaceCase.other_person_id).where(
            FaceCase.status == FaceCaseStatus.ACCEPTED,
            FaceCase.other_person_id.is_not(None),
            (FaceCase.person_id == person_id) | (FaceCase.other_person_id == person_id),
        )
    )
    return frozenset(one for pair in found for one in pair if one != person_id)
