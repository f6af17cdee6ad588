"""Decisions of admins about faces: cases, such as one face on two accounts, and who may enrol somebody else."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from accounts.enrolment import consent, holds
from accounts.enrolment.enrolment import delete_face, find_template
from accounts.face_errors import OwnFace
from accounts.notices import Notices
from accounts.ranks import require_rank
from accounts.same_human import is_same_human
from accounts.sign_in.sms import NoticeKind
from accounts.whom_to_ask import FACE_ADMINS
from foundation import audit, inbox
from foundation.callers import Caller, require
from foundation.errors import AlreadyDecided, NotFound
from foundation.inbox import News
from models.face_erasures import FaceErasureCause
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus, FaceHold, FaceTemplate, TemplateStatus
from models.notices import NoticeTopic
from models.people import Person, Unit


def list_cases(
    db: Session, *, caller: Caller, status: FaceCaseStatus | None, after: uuid.UUID | None, limit: int
) -> list[FaceCase]:
    """Return the cases of people in the caller's units, oldest first, after the case `after`."""
    wanted = select(FaceCase).join(Person, Person.id == FaceCase.person_id).join(Unit, Unit.id == Person.unit_id)
    wanted = wanted.where(within_reach(caller))
    if status is not None:
        wanted = wanted.where(FaceCase.status == status)
    if after is not None:
        wanted = wanted.where(FaceCase.id > after)
    return list(db.scalars(wanted.order_by(FaceCase.id).limit(limit)))


def get_case(db: Session, *, case_id: uuid.UUID, caller: Caller) -> FaceCase:
    """Return a case of a person in the caller's units. Raises NotFound, Forbidden."""
    case = db.get(FaceCase, case_id)
    if case is None:
        raise NotFound
    require_reach(db, caller, case.person_id)
    return case


def decide_case(
    db: Session, *, case_id: uuid.UUID, accept: bool, reason: str, caller: Caller, now: datetime, notices: Notices
) -> FaceCase:
    """Decide a case and return it. accept: True if all is well, which activates the held face and lifts the hold.

    False deletes the face of the case with its consents, and the next one is held again. A face that was enrolled later
    is not touched. A face that was refused is not stored: after accept its owner can enrol. Nobody decides their own
    case, nor that of somebody with a higher role. Raises NotFound, Forbidden, AlreadyDecided, OwnFace, RoleTooHigh.
    """
    person_id = db.scalar(select(FaceCase.person_id).where(FaceCase.id == case_id))
    if person_id is None:
        raise NotFound
    check_may_decide(db, person_id=person_id, caller=caller)
    hold = holds.lock(db, person_id)
    case = db.scalars(select(FaceCase).where(FaceCase.id == case_id).with_for_update()).one()
    if case.status is not FaceCaseStatus.OPEN:
        raise AlreadyDecided
    if accept:
        holds.lift_by_case(hold, case)
    case.status = FaceCaseStatus.ACCEPTED if accept else FaceCaseStatus.REJECTED
    case.decided_at, case.decided_by, case.reason = now, caller.person_id, reason
    template = find_template(db, case.person_id)
    if template is not None and _is_about(case, template):
        if not accept:
            end_face(db, person_id=case.person_id, cause=FaceErasureCause.REJECTED, now=now, notices=notices)
        elif template.status is TemplateStatus.HELD:
            template.status = TemplateStatus.ACTIVE
    tell_owner(db, person_id, _result(db, case, hold), reason=reason, now=now)
    before = {"status": "open"}
    after = {"status": case.status.value}
    audit.record(db, caller, now, "face_case.decide", case, reason=reason, before=before, after=after)
    db.flush()
    return case


def tell_owner(db: Session, person_id: uuid.UUID, result: str, *, reason: str, now: datetime) -> None:
    """Tell a person what admins decided about their face: a word of FACE_DECISIONS in the wording."""
    inbox.tell(db, [person_id], News(NoticeTopic.FACE_DECIDED, now, facts={"face_decision": result, "reason": reason}))


def _result(db: Session, case: FaceCase, hold: FaceHold) -> str:
    """Return what was decided, by what is now: a decision on an older face may leave a newer one, or another case."""
    face = find_template(db, case.person_id)
    if case.status is FaceCaseStatus.REJECTED:
        return "rejected" if face is None else "rejected_earlier"
    if face is None:
        return "may_enrol" if hold.case_id is None else "still_held"
    return "accepted" if face.status is TemplateStatus.ACTIVE else "still_held"


def _is_about(case: FaceCase, face: FaceTemplate) -> bool:
    """Return whether a case is about the person's face of now, and not about one that is gone."""
    if case.kind is FaceCaseKind.DUPLICATE_FOUND:  # found among the enrolled ones, whose id a new model changes
        return face.status is TemplateStatus.ACTIVE and face.enrolled_at <= case.opened_at
    return face.id == case.template_id


def end_face(db: Session, *, person_id: uuid.UUID, cause: FaceErasureCause, now: datetime, notices: Notices) -> None:
    """Delete a person's face by a decision of admins, with the consents that it rested on, and tell the person."""
    consent.withdraw(db, person_id=person_id, now=now)
    if delete_face(db, person_id=person_id, cause=cause, now=now):
        notices.write(db, NoticeKind.FACE_WITHDRAWN, person_id=person_id, now=now)


def check_may_decide(db: Session, *, person_id: uuid.UUID, caller: Caller) -> None:
    """Check that an admin may decide about a person's face, or enrol it as the witness of their consents.

    Raises NotFound, Forbidden; OwnFace if both are one human; RoleTooHigh.
    """
    require_reach(db, caller, person_id)
    if is_same_human(db, caller.person_id, person_id):
        raise OwnFace
    require_rank(db, person_id=person_id, caller=caller, roles=FACE_ADMINS)


def count_by_model(db: Session) -> dict[str, int]:
    """Return the number of enrolled faces by model."""
    counted = select(FaceTemplate.engine, func.count()).group_by(FaceTemplate.engine)
    return {row[0]: row[1] for row in db.execute(counted)}


def within_reach(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for the units of the people whose faces the caller looks after."""
    return or_(false(), *(Unit.path.startswith(path) for path in caller.scopes(FACE_ADMINS)))


def require_reach(db: Session, caller: Caller, person_id: uuid.UUID) -> None:
    """Check that the caller looks after the person's face. Raises NotFound, Forbidden."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id))
    if path is None:
        raise NotFound
    require(caller, FACE_ADMINS, path)
