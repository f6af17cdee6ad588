"""Corrections of attendance by the organizer. They are appended with who, when and why; check-ins stay unchanged."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.door import acts
from attendance.door.acts import Effect, Step
from attendance.projects.access import ReadableSession, get_open_session
from attendance.projects.staff import refuse_own
from attendance.roster.person_refs import PersonRef, find_other_on_roster
from attendance.sessions.held import check_not_cancelled, check_not_on_a_later_day
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.inbox import News
from models.attendance import AttendanceCorrection, AttendanceMark
from models.attendance_acts import ActKind
from models.base import new_id
from models.notices import NoticeTopic

_CAME = (AttendanceMark.PRESENT, AttendanceMark.LATE, AttendanceMark.LEFT_EARLY)


def correct(
    db: Session,
    *,
    session_id: uuid.UUID,
    person: PersonRef,
    mark: AttendanceMark,
    reason: str,
    caller: Caller,
    now: datetime,
) -> AttendanceCorrection:
    """Set the outcome of a person at a session, whatever their check-ins say. The last correction counts.

    Raises NotFound, Forbidden, ProjectClosed, SessionCancelled, PersonNotOnRoster, OwnAttendance; SessionNotOpen where
    the person would have come to a session of a later day.
    """
    session = get_open_session(db, session_id=session_id, caller=caller)
    person_id = find_other_on_roster(db, project_id=session.project_id, person=person, caller=caller)
    made = correct_for(db, session_id=session_id, person_id=person_id, mark=mark, reason=reason, caller=caller, now=now)
    facts = {"mark": mark.value, "reason": reason}
    news = News(NoticeTopic.ATTENDANCE_CORRECTED, now, session.project_id, session.id, facts=facts)
    inbox.tell(db, [person_id], news)
    effect = Effect(person_id, correction_id=made.id)
    acts.write(db, session, Step(ActKind.CORRECTION, reason), [effect], caller=caller, now=now)
    return made


def correct_for(
    db: Session,
    *,
    session_id: uuid.UUID,
    person_id: uuid.UUID,
    mark: AttendanceMark,
    reason: str,
    caller: Caller,
    now: datetime,
) -> AttendanceCorrection:
    """Correct the attendance of somebody of the project, whom the caller tells. Raises as `correct`."""
    session = get_open_session(db, session_id=session_id, caller=caller)
    check_not_cancelled(session)
    if mark in _CAME:
        check_not_on_a_later_day(session, now)
    refuse_own(caller, [person_id])
    last = _last(db, session_id, person_id)
    made = AttendanceCorrection(
        id=new_id(),
        session_id=session_id,
        person_id=person_id,
        mark=mark,
        reason=reason,
        made_by=caller.person_id,
        made_at=now,
    )
    db.add(made)
    before = {"person": str(person_id), "mark": last.mark.value} if last else None
    after = {"person": str(person_id), "mark": mark.value}
    audit.record(db, caller, now, "attendance.correct", session, reason=reason, before=before, after=after)
    db.flush()
    return made


def list_corrections(
    db: Session, *, session: ReadableSession, after: uuid.UUID | None, limit: int
) -> Sequence[AttendanceCorrection]:
    """Return the corrections at a session, in the order in which they were made, beginning after `after`."""
    wanted = select(AttendanceCorrection).where(AttendanceCorrection.session_id == session.id)
    if after is not None:
        wanted = wanted.where(AttendanceCorrection.id > after)
    return db.scalars(wanted.order_by(AttendanceCorrection.id).limit(limit)).all()


def _last(db: Session, session_id: uuid.UUID, person_id: uuid.UUID) -> AttendanceCorrection | None:
    wanted = select(AttendanceCorrection).where(
        AttendanceCorrection.session_id == session_id, AttendanceCorrection.person_id == person_id
    )
    return db.scalars(wanted.order_by(AttendanceCorrection.id.desc()).limit(1)).first()
