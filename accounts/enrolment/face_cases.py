"""Decisions of admins about faces: cases, such as one face on two accounts, and resets for a new enrolment (O-18)."""

import uuid
from datetime import datetime

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from accounts.enrolment import holds
from accounts.enrolment.enrolment import delete_face, find_template
from accounts.errors import FaceNotEnrolled
from accounts.same_human import is_same_human
from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import AlreadyDecided, NotFound, SecondAdminNeeded
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus, FaceReset, FaceTemplate, TemplateStatus
from models.people import Person, Role, Unit

FACE_ADMINS = (Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN, Role.AUTHORITY)


def list_cases(
    db: Session, *, caller: Caller, status: FaceCaseStatus | None, after: uuid.UUID | None, limit: int
) -> list[FaceCase]:
    """Return the cases of people in the caller's units, oldest first, after the case `after`."""
    within = or_(false(), *(Unit.path.startswith(path) for path in caller.scopes(FACE_ADMINS)))
    wanted = select(FaceCase).join(Person, Person.id == FaceCase.person_id).join(Unit, Unit.id == Person.unit_id)
    wanted = wanted.where(within)
    if status is not None:
        wanted = wanted.where(FaceCase.status == status)
    if after is not None:
        wanted = wanted.where(FaceCase.id > after)
    return list(db.scalars(wanted.order_by(FaceCase.id).limit(limit)))


def decide_case(
    db: Session, *, case_id: uuid.UUID, accept: bool, reason: str, caller: Caller, now: datetime
) -> FaceCase:
    """Decide a case and return it. accept: True if all is well, which activates a held face and lifts the hold.

    False deletes the later face, and the next one is held again. A face that was refused is not stored: after accept
    its owner can enrol. Nobody decides their own case. Raises NotFound, Forbidden, AlreadyDecided, SecondAdminNeeded.
    """
    person_id = db.scalar(select(FaceCase.person_id).where(FaceCase.id == case_id))
    if person_id is None:
        raise NotFound
    _require_reach(db, caller, person_id)
    if is_same_human(db, person_id, caller.person_id):
        raise SecondAdminNeeded
    hold = holds.lock(db, person_id)
    case = db.scalars(select(FaceCase).where(FaceCase.id == case_id).with_for_update()).one()
    if case.status is not FaceCaseStatus.OPEN:
        raise AlreadyDecided
    if accept:
        holds.lift_by_case(hold, case)
    case.status = FaceCaseStatus.ACCEPTED if accept else FaceCaseStatus.REJECTED
    case.decided_at, case.decided_by, case.reason = now, caller.person_id, reason
    template = find_template(db, case.person_id)
    if template is not None and (template.id == case.template_id or case.kind is FaceCaseKind.DUPLICATE_FOUND):
        if accept:
            template.status = TemplateStatus.ACTIVE
        else:
            delete_face(db, person_id=case.person_id)
    before = {"status": "open"}
    after = {"status": case.status.value}
    audit.record(db, caller, now, "face_case.decide", case, reason=reason, before=before, after=after)
    db.flush()
    return case


def request_reset(db: Session, *, person_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> FaceReset:
    """Request that a person may enrol again; return the request. Nothing is deleted before a second admin approves.

    It is for who has a face, also a held one, or who may not enrol before an admin decides. Raises NotFound, Forbidden,
    FaceNotEnrolled.
    """
    _require_reach(db, caller, person_id)
    if find_template(db, person_id) is None and not holds.is_held(db, person_id):
        raise FaceNotEnrolled
    reset = FaceReset(person_id=person_id, reason=reason, requested_by=caller.person_id, requested_at=now)
    db.add(reset)
    db.flush()
    after = {"face_reset": str(reset.id)}
    audit.record(db, caller, now, "face_reset.request", ("person", person_id), reason=reason, after=after)
    return reset


def approve_reset(db: Session, *, reset_id: uuid.UUID, caller: Caller, now: datetime) -> FaceReset:
    """Approve a reset, delete the face at once, lift what holds the next enrolment, and return the request.

    Raises NotFound, Forbidden, AlreadyDecided; SecondAdminNeeded if the caller made the request.
    """
    person_id = db.scalar(select(FaceReset.person_id).where(FaceReset.id == reset_id))
    if person_id is None:
        raise NotFound
    _require_reach(db, caller, person_id)
    hold = holds.lock(db, person_id)
    reset = db.scalars(select(FaceReset).where(FaceReset.id == reset_id).with_for_update()).one()
    if is_same_human(db, reset.requested_by, caller.person_id):
        raise SecondAdminNeeded
    if reset.approved_at is not None:
        raise AlreadyDecided
    reset.approved_by, reset.approved_at = caller.person_id, now
    face = find_template(db, person_id)
    if face is not None:
        holds.close_cases_of(db, face, now)
    holds.lift_all(db, hold, now)
    delete_face(db, person_id=person_id)
    subject, before, after = ("person", person_id), {"face": face is not None}, {"face": False}
    audit.record(db, caller, now, "face_reset.approve", subject, reason=reset.reason, before=before, after=after)
    db.flush()
    return reset


def count_by_model(db: Session) -> dict[str, int]:
    """Return the number of enrolled faces by model."""
    counted = select(FaceTemplate.engine, func.count()).group_by(FaceTemplate.engine)
    return {row[0]: row[1] for row in db.execute(counted)}


def _require_reach(db: Session, caller: Caller, person_id: uuid.UUID) -> None:
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id))
    if path is None:
        raise NotFound
    require(caller, FACE_ADMINS, path)
