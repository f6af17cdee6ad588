"""Undoes the last step of an organizer at a project: what they said a moment ago of people's attendance.

Nothing is deleted of what was recorded. A check-in by hand becomes void, or what it was before, and is kept beside it;
a correction is followed by another one; a decision on a review is open again. What was built on it since stands in the
way, and so does a quarter of an hour.
"""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.attempts import observations
from attendance.attempts.receipts import Receipts
from attendance.door.by_hand import StaffStatement
from attendance.door.staff_news import tell
from attendance.errors import HasAttended
from attendance.projects.access import DOOR, OrganizedProject, get_open_project
from attendance.projects.application_rows import take_back
from attendance.room import acts_built_upon
from attendance.roster import rosters
from attendance.sessions import places
from attendance.staff_errors import ActBuiltUpon, ActTooOld, NotLastAct
from foundation import audit
from foundation.callers import Caller
from foundation.errors import Forbidden, NotFound
from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, CheckInStatus, Direction, VoidedCheckIn
from models.attendance_acts import ActKind, ActPerson, AttendanceAct, AttendanceUndo
from models.base import new_id
from models.notices import NoticeTopic
from models.projects import RosterEntry
from models.projects import Session as VenueSession

UNDO_WITHIN = timedelta(minutes=15)
"""A slip is seen at once. Later, people have relied on what they were told: then it is corrected, with a reason."""


@dataclass(frozen=True)
class Undoing:
    """An undo under way. check_ins: the locked check-ins of the act, by id."""

    act: AttendanceAct
    session: VenueSession
    project: OrganizedProject
    people: Sequence[ActPerson]
    check_ins: Mapping[uuid.UUID, CheckIn]
    reason: str
    caller: Caller
    now: datetime
    receipts: Receipts


def undo(
    db: Session, *, act_id: uuid.UUID, reason: str, caller: Caller, now: datetime, receipts: Receipts
) -> AttendanceUndo:
    """Undo the caller's last act at a project, and tell the people whom it concerned. A second call changes nothing.

    Raises NotFound, Forbidden, ProjectClosed, ActTooOld, NotLastAct, ActBuiltUpon.
    """
    act = db.get(AttendanceAct, act_id)
    if act is None:
        raise NotFound
    project = get_open_project(db, project_id=act.project_id, caller=caller, tasks=DOOR, session_id=act.session_id)
    if act.made_by != caller.person_id:
        raise Forbidden
    done = db.get(AttendanceUndo, act.id, populate_existing=True)
    if done is not None:
        return done
    _check_last(db, act, now)
    session = db.get_one(VenueSession, act.session_id, populate_existing=True)
    people = db.scalars(select(ActPerson).where(ActPerson.act_id == act.id).order_by(ActPerson.person_id)).all()
    undoing = Undoing(act, session, project, people, _locked(db, people), reason, caller, now, receipts)
    if built := acts_built_upon.find(db, act, people, undoing.check_ins):
        why, names = max(built.items(), key=lambda each: (len(each[1]), each[0]))
        raise ActBuiltUpon(facts={"why": why, "people": len(names)})
    evaluated = acts_built_upon.who_evaluated_by_attending(db, project.id, [each.person_id for each in people])
    _take_back(db, undoing)
    if lost := evaluated - acts_built_upon.who_attended(db, project.id, evaluated):
        raise ActBuiltUpon(facts={"why": "evaluated", "people": len(lost)})
    return _write(db, undoing)


def _check_last(db: Session, act: AttendanceAct, now: datetime) -> None:
    """Raise ActTooOld or NotLastAct."""
    if now - act.made_at >= UNDO_WITHIN:
        until = act.made_at + UNDO_WITHIN
        raise ActTooOld(facts={"made_at": act.made_at.isoformat(), "until": until.isoformat()})
    last = find_last(db, project_id=act.project_id, made_by=act.made_by)
    if last != act.id:
        raise NotLastAct(facts={"last": str(last)})


def find_last(db: Session, *, project_id: uuid.UUID, made_by: uuid.UUID) -> uuid.UUID | None:
    """Return the last act of a person at a project that was not undone, or None."""
    mine = AttendanceAct.project_id == project_id, AttendanceAct.made_by == made_by
    undone = exists().where(AttendanceUndo.act_id == AttendanceAct.id)
    newest = AttendanceAct.made_at.desc(), AttendanceAct.id.desc()
    return db.scalar(select(AttendanceAct.id).where(*mine, ~undone).order_by(*newest).limit(1))


def _locked(db: Session, people: Sequence[ActPerson]) -> Mapping[uuid.UUID, CheckIn]:
    ids = [each.check_in_id for each in people if each.check_in_id is not None]
    wanted = select(CheckIn).where(CheckIn.id.in_(ids)).order_by(CheckIn.id).with_for_update()
    return {row.id: row for row in db.scalars(wanted.execution_options(populate_existing=True))}


def _take_back(db: Session, undoing: Undoing) -> None:
    """Bring back what was there before the act."""
    session, now = undoing.session, undoing.now
    for person in undoing.people:
        if person.correction_id is not None:
            db.add(_counter_correction(db, undoing, person))
        if person.check_in_id is not None:
            _take_back_check_in(db, undoing, person, undoing.check_ins[person.check_in_id])
    db.flush()
    if keys := [(session.id, person.person_id) for person in undoing.people if person.check_in_id is not None]:
        observations.follow(db, {session.id: session}, keys, receipts=undoing.receipts, now=now)
    for person in undoing.people:
        if person.took_place:
            with suppress(NotFound, HasAttended):  # it was given back since, or a machine saw the person there
                places.give_back(db, session=session, person_id=person.person_id, now=now)
        entry = db.get(RosterEntry, person.entry_id) if person.entry_id is not None else None
        if entry is not None:
            db.delete(entry)
            db.flush()
            take_back(db, project=undoing.project, people=[person.person_id], now=now)
            rosters.fill_from_waiting_list(db, project=undoing.project, actor_id=undoing.caller.person_id, now=now)


def _take_back_check_in(db: Session, undoing: Undoing, person: ActPerson, row: CheckIn) -> None:
    """Make a check-in what it was before; void where none was there. It is kept as it was meanwhile."""
    if undoing.act.kind is not ActKind.REVIEW:
        db.add(_kept(undoing, row))
    row.machine_at = row.machine_status = None
    if person.prior_status is None:
        row.status = CheckInStatus.VOID
    else:
        row.status = person.prior_status
        for name in ("method", "scanned_at", "checked_in_at", "ticket_id", "attempt_id", "captured_at"):
            setattr(row, name, getattr(person, f"prior_{name}"))
    row.receipt = undoing.receipts.sign(row, undoing.now)


def _kept(undoing: Undoing, row: CheckIn) -> VoidedCheckIn:
    return VoidedCheckIn(
        id=new_id(),
        check_in_id=row.id,
        session_id=row.session_id,
        person_id=row.person_id,
        direction=row.direction,
        status=row.status,
        method=row.method,
        checked_in_at=row.checked_in_at,
        reason=undoing.reason,
        voided_by=undoing.caller.person_id,
        voided_at=undoing.now,
    )


def _counter_correction(db: Session, undoing: Undoing, person: ActPerson) -> AttendanceCorrection:
    """Return the correction that says again what the one before said, or that the check-ins count."""
    table = AttendanceCorrection
    earlier = select(table.mark).where(
        table.session_id == undoing.session.id, table.person_id == person.person_id, table.id < person.correction_id
    )
    mark = db.scalar(earlier.order_by(table.id.desc()).limit(1))
    return AttendanceCorrection(
        id=new_id(),
        session_id=undoing.session.id,
        person_id=person.person_id,
        mark=mark or AttendanceMark.AS_RECORDED,
        reason=undoing.reason,
        made_by=undoing.caller.person_id,
        made_at=undoing.now,
    )


def _write(db: Session, undoing: Undoing) -> AttendanceUndo:
    """Write down that the act was undone, in the audit trail too, and tell the people."""
    act, caller, now = undoing.act, undoing.caller, undoing.now
    done = AttendanceUndo(act_id=act.id, reason=undoing.reason, undone_by=caller.person_id, undone_at=now)
    db.add(done)
    people = [each.person_id for each in undoing.people]
    after = {"kind": act.kind.value, "session": str(act.session_id), "people": [str(each) for each in people]}
    audit.record(db, caller, now, "attendance.undo", act, reason=undoing.reason, after=after)
    statement = StaffStatement(act.direction or Direction.IN, undoing.reason)
    topic = NoticeTopic.WALK_IN_UNDONE if act.kind is ActKind.WALK_IN else NoticeTopic.ATTENDANCE_UNDONE
    tell(db, undoing.session, people, topic, statement, caller=caller, now=now)
    return done
