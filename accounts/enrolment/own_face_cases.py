"""What admins have to decide, or have decided, about a person's face: as that person may read it, also in refusals."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment import consent
from accounts.face_errors import FaceAlreadyEnrolled, FaceNotEnrolled, FaceNotOffered, GuardianConsentRequired
from accounts.whom_to_ask import whom_to_ask
from foundation.clock import day_at_home
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus, FaceHold, FaceReset, FaceTemplate, TemplateStatus
from models.people import Person


class CheckInWay(enum.StrEnum):
    """How somebody can be checked in."""

    ENROL_FACE = "enrol_face"
    STAFF = "staff"


@dataclass(frozen=True)
class Waiting:
    """A case that an admin must decide before the person's face, or their next enrolment, works."""

    case_id: uuid.UUID
    kind: FaceCaseKind
    since: datetime


@dataclass(frozen=True)
class FaceDecision:
    """The last decision of admins about the person's face. result: `accepted`, `rejected` or `reset`."""

    result: str
    reason: str
    at: datetime


def find_waiting(db: Session, person_id: uuid.UUID) -> Waiting | None:
    """Return the open case of the person's held face, or the one that holds their enrolment; None if there is none."""
    of_face = select(FaceTemplate.id).where(FaceTemplate.person_id == person_id)
    of_hold = select(FaceHold.case_id).where(FaceHold.person_id == person_id, FaceHold.case_id.is_not(None))
    case = db.scalars(
        select(FaceCase)
        .where(
            FaceCase.person_id == person_id,
            FaceCase.status == FaceCaseStatus.OPEN,
            FaceCase.template_id.in_(of_face) | FaceCase.id.in_(of_hold),
        )
        .order_by(FaceCase.id.desc())
        .limit(1)
    ).first()
    return None if case is None else Waiting(case.id, case.kind, case.opened_at)


def find_last_decision(db: Session, person_id: uuid.UUID) -> FaceDecision | None:
    """Return the last decision about the person's face, a case or a reset; None if there is none."""
    decided = FaceCase.status.in_((FaceCaseStatus.ACCEPTED, FaceCaseStatus.REJECTED))
    case = db.scalars(
        select(FaceCase).where(FaceCase.person_id == person_id, decided).order_by(FaceCase.decided_at.desc()).limit(1)
    ).first()
    reset = db.scalars(
        select(FaceReset)
        .where(FaceReset.person_id == person_id, FaceReset.approved_at.is_not(None))
        .order_by(FaceReset.approved_at.desc())
        .limit(1)
    ).first()
    found = []
    if case is not None and case.decided_at is not None:
        found.append(FaceDecision(case.status.value, case.reason or "", case.decided_at))
    if reset is not None and reset.approved_at is not None:
        found.append(FaceDecision("reset", reset.reason, reset.approved_at))
    return max(found, key=lambda each: each.at, default=None)


def already_enrolled(db: Session, face: FaceTemplate) -> FaceAlreadyEnrolled:
    """Return why nobody enrols over this face: it works since then, or it is held for an admin, with whom to ask."""
    ask = whom_to_ask(db, face.person_id)
    if face.status is TemplateStatus.ACTIVE:
        return FaceAlreadyEnrolled(facts={"why": "active", "since": face.enrolled_at.isoformat(), **ask})
    return FaceAlreadyEnrolled(facts={"why": "held", "since": face.enrolled_at.isoformat(), **ask})


def explain_not_enrolled(db: Session, person_id: uuid.UUID, *, now: datetime) -> FaceNotEnrolled:
    """Return why the person has no face that works: it is held, they can't enrol here, or they have not enrolled.

    The fact `ways` names how they can be checked in: `staff` is always one of them.
    """
    waiting = find_waiting(db, person_id)
    if waiting is not None:
        held = {"why": "held", "since": waiting.since.isoformat(), "ways": [CheckInWay.STAFF]}
        return FaceNotEnrolled(facts={**held, **whom_to_ask(db, person_id)})
    person, current = db.get_one(Person, person_id), consent.find_current_text(db)
    version = None if current is None else current.version
    try:
        consent.check_may_enrol(db, version=version, birth_on=person.birth_on, today=day_at_home(now))
    except (FaceNotOffered, GuardianConsentRequired) as refused:
        return FaceNotEnrolled(facts={"why": refused.code, "ways": [CheckInWay.STAFF]})
    return FaceNotEnrolled(facts={"why": "never", "ways": [*CheckInWay]})
