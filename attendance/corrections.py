"""Corrections of attendance by the organizer's hand: appended with who, when and why; no check-in is overwritten."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller
from attendance.access import get_open_session
from attendance.errors import PersonNotOnRoster
from models.attendance import AttendanceCorrection, AttendanceMark
from models.base import new_id
from models.people import Person
from models.projects import RosterEntry


@dataclass(frozen=True)
class Whom:
    """Somebody of a roster: by 继教编号, or by id where they have none."""

    cme_number: str | None = None
    person_id: uuid.UUID | None = None


def correct(
    db: Session,
    *,
    session_id: uuid.UUID,
    whom: Whom,
    mark: AttendanceMark,
    reason: str,
    caller: Caller,
    now: datetime,
) -> AttendanceCorrection:
    """Say what came of somebody at a session, whatever is on record; the last correction holds.

    Raises NotFound, Forbidden, ProjectClosed, PersonNotOnRoster.
    """
    session = get_open_session(db, session_id=session_id, caller=caller)
    person_id = find_on_roster(db, project_id=session.project_id, whom=whom)
    before = _last(db, session_id, person_id)
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
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action="attendance.correct",
        subject_kind="session",
        subject_id=session_id,
        reason=reason,
        before={"person": str(person_id), "mark": before.mark.value} if before else None,
        after={"person": str(person_id), "mark": mark.value},
    )
    db.flush()
    return made


def list_corrections(
    db: Session, *, session_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> Sequence[AttendanceCorrection]:
    """The corrections at a session, in the order in which they were made."""
    wanted = select(AttendanceCorrection).where(AttendanceCorrection.session_id == session_id)
    if after is not None:
        wanted = wanted.where(AttendanceCorrection.id > after)
    return db.scalars(wanted.order_by(AttendanceCorrection.id).limit(limit)).all()


def find_on_roster(db: Session, *, project_id: uuid.UUID, whom: Whom) -> uuid.UUID:
    """The id of somebody who is expected at a project. Raises PersonNotOnRoster."""
    wanted = select(RosterEntry.person_id).where(RosterEntry.project_id == project_id)
    if whom.person_id is not None:
        wanted = wanted.where(RosterEntry.person_id == whom.person_id)
    else:
        wanted = wanted.join(Person, Person.id == RosterEntry.person_id).where(Person.cme_number == whom.cme_number)
    found = db.scalars(wanted.limit(1)).first()
    if found is None:
        raise PersonNotOnRoster(field="cme_number" if whom.person_id is None else "person_id")
    return found


def _last(db: Session, session_id: uuid.UUID, person_id: uuid.UUID) -> AttendanceCorrection | None:
    wanted = select(AttendanceCorrection).where(
        AttendanceCorrection.session_id == session_id, AttendanceCorrection.person_id == person_id
    )
    return db.scalars(wanted.order_by(AttendanceCorrection.id.desc()).limit(1)).first()
