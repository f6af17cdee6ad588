"""What holds a person's next enrolment for an admin (O-18): a withdrawn face, or photos of two people again and again.

Each change of a person's face locks their row first: enrolment, withdrawal, answer, password reset, decision. So of two
at once, the second one sees what the first one did.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.face_errors import EnrolmentHeld
from accounts.whom_to_ask import whom_to_ask
from foundation import audit
from foundation.clock import local_day
from foundation.transactions import insert_new
from models.attendance import CheckIn
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus, FaceHold, FaceTemplate
from models.projects import Session as VenueSession

TWO_PEOPLE_SETS = 3
"""So many sets of photos of two people within a day hold the person's enrolment."""
_DAY = timedelta(days=1)
_MOST_LISTED = 100  # check-ins in a case; the rest is counted


def lock(db: Session, person_id: uuid.UUID) -> FaceHold:
    """Return the person's row, locked until this transaction ends. It is inserted if it is missing."""
    insert_new(
        db,
        FaceHold,
        person_id=person_id,
        interruptions=0,
        faces_withdrawn=0,
        is_after_withdrawal=False,
        two_people_at=[],
    )
    wanted = select(FaceHold).where(FaceHold.person_id == person_id).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).one()


def check_may_look(db: Session, person_id: uuid.UUID, *, is_seen: bool) -> int:
    """Return the number of interruptions so far, without a lock: an enrolment compares it before it stores a face.

    is_seen: an admin sees the person, which lifts every hold. Raises EnrolmentHeld if the person may not enrol before
    an admin has decided.
    """
    wanted = select(FaceHold).where(FaceHold.person_id == person_id).execution_options(populate_existing=True)
    hold = db.scalars(wanted).first()
    if hold is None:
        return 0
    if not is_seen:
        check_open(db, hold)
    return hold.interruptions


def check_open(db: Session, hold: FaceHold) -> None:
    """Raise EnrolmentHeld, with since when and whom to ask, if the person may not enrol before an admin has decided."""
    if hold.case_id is not None:
        since = db.get_one(FaceCase, hold.case_id).opened_at.isoformat()
        raise EnrolmentHeld(facts={"case": str(hold.case_id), "since": since, **whom_to_ask(db, hold.person_id)})


def is_held(db: Session, person_id: uuid.UUID) -> bool:
    """Return whether anything holds the person's enrolment for an admin."""
    held = select(FaceHold.person_id).where(
        FaceHold.person_id == person_id, FaceHold.is_after_withdrawal | FaceHold.case_id.is_not(None)
    )
    return db.scalar(held) is not None


def count_two_people(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Count a set of photos of two people, of an enrolment or a photo-check. The third of a day opens a case.

    The caller commits, also if it refuses the photos: see `keeping_writes`.
    """
    hold = lock(db, person_id)
    recent = [each for each in hold.two_people_at if datetime.fromisoformat(each) > now - _DAY]
    hold.two_people_at = [*recent, now.isoformat()][-TWO_PEOPLE_SETS:]
    if len(hold.two_people_at) < TWO_PEOPLE_SETS or hold.case_id is not None:
        db.flush()
        return
    case = _open(db, FaceCaseKind.TWO_PEOPLE, person_id, {"attempts_at": hold.two_people_at}, now)
    hold.case_id = case.id
    audit.record(db, None, now, "face.hold", ("person", person_id), after={"case": str(case.id)})
    db.flush()


def note_withdrawal(db: Session, hold: FaceHold, face: FaceTemplate, now: datetime) -> None:
    """Store that the owner ended this face, so that their next one is held. Call it before the face is deleted.

    If no admin has decided since an earlier withdrawal, the first of these faces stays the beginning.
    """
    if not hold.is_after_withdrawal:
        hold.is_after_withdrawal, hold.enrolled_at = True, face.enrolled_at
    hold.withdrawn_at = now
    hold.faces_withdrawn += 1
    db.flush()


def facts_of_withdrawal(db: Session, hold: FaceHold) -> dict[str, Any]:
    """Return for the admin when the last face was withdrawn, and which check-ins lie between.

    number: tells this withdrawal from later ones. enrolled_at: of the first face since an admin last decided.
    """
    enrolled_at, withdrawn_at = hold.enrolled_at, hold.withdrawn_at
    assert enrolled_at is not None and withdrawn_at is not None  # noqa: S101, PT018 - `note_withdrawal` set them
    between = (
        CheckIn.person_id == hold.person_id,
        CheckIn.checked_in_at >= enrolled_at,
        CheckIn.checked_in_at <= withdrawn_at,
    )
    rows = db.execute(
        select(CheckIn, VenueSession)
        .join(VenueSession, VenueSession.id == CheckIn.session_id)
        .where(*between)
        .order_by(CheckIn.checked_in_at.desc(), CheckIn.id.desc())
        .limit(_MOST_LISTED)
    ).all()
    count = db.scalar(select(func.count()).select_from(CheckIn).where(*between)) or 0
    return {
        "withdrawal": {
            "number": hold.faces_withdrawn,
            "enrolled_at": enrolled_at.isoformat(),
            "withdrawn_at": withdrawn_at.isoformat(),
            "check_ins": [_told(check_in, session) for check_in, session in rows],
            "not_listed": count - len(rows),
        }
    }


def open_after_withdrawal(db: Session, hold: FaceHold, now: datetime) -> FaceCase:
    """Open and return the case of a face that is enrolled after a withdrawal."""
    facts = facts_of_withdrawal(db, hold)
    return _open(db, FaceCaseKind.ENROLLED_AFTER_WITHDRAWAL, hold.person_id, facts, now)


def open_not_mine(db: Session, hold: FaceHold, device: str, now: datetime) -> FaceCase:
    """Open and return the case of a face that its owner says is not theirs. device: that enrolled it."""
    facts = {**facts_of_withdrawal(db, hold), "device": device}
    return _open(db, FaceCaseKind.NOT_MINE, hold.person_id, facts, now)


def lift_by_case(hold: FaceHold, case: FaceCase) -> None:
    """Lift what an accepted case was about. What came after it holds on."""
    if case.kind is FaceCaseKind.TWO_PEOPLE:
        if hold.case_id == case.id:
            hold.case_id, hold.two_people_at = None, []
        return
    withdrawal = (case.facts or {}).get("withdrawal")
    if withdrawal is not None and withdrawal["number"] == hold.faces_withdrawn:
        hold.is_after_withdrawal = False


def lift_all(db: Session, hold: FaceHold, now: datetime, by: uuid.UUID) -> None:
    """Lift everything that holds the person's enrolment. by: the admin who approved a reset or saw the person."""
    if not hold.is_after_withdrawal and hold.case_id is None:
        return
    if hold.case_id is not None:
        _close(db, [hold.case_id], now, by)
    before = {"after_withdrawal": hold.is_after_withdrawal, "case": str(hold.case_id) if hold.case_id else None}
    hold.is_after_withdrawal, hold.case_id, hold.two_people_at = False, None, []
    audit.record(db, by, now, "face.lift_hold", ("person", hold.person_id), before=before)
    db.flush()


def close_cases_of(db: Session, face: FaceTemplate, now: datetime) -> None:
    """Close the open cases in which only this face was to be decided. Call it before the face is deleted.

    A case of one face on two accounts stays open, because that is still to be decided.
    """
    wanted = select(FaceCase.id).where(
        FaceCase.template_id == face.id, FaceCase.kind == FaceCaseKind.ENROLLED_AFTER_WITHDRAWAL
    )
    _close(db, db.scalars(wanted).all(), now)


def _open(db: Session, kind: FaceCaseKind, person_id: uuid.UUID, facts: Mapping[str, Any], now: datetime) -> FaceCase:
    case = FaceCase(kind=kind, status=FaceCaseStatus.OPEN, person_id=person_id, facts=dict(facts), opened_at=now)
    db.add(case)
    db.flush()
    return case


def _close(db: Session, ids: Any, now: datetime, by: uuid.UUID | None = None) -> None:
    db.execute(
        update(FaceCase)
        .where(FaceCase.id.in_(ids), FaceCase.status == FaceCaseStatus.OPEN)
        .values(status=FaceCaseStatus.CLOSED, decided_at=now, decided_by=by)
    )


def _told(check_in: CheckIn, session: VenueSession) -> dict[str, str]:
    return {
        "check_in": str(check_in.id),
        "session": str(session.id),
        "title": session.title,
        "date": local_day(session.starts_at, session.zone).isoformat(),
        "direction": check_in.direction.value,
        "how": check_in.method.value,
        "status": check_in.status.value,
    }
