"""Who decided on a check-in of a learner, and why, so that the learner sees it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.record.history import AttendedProject
from models.attendance_acts import ActKind, ActPerson, AttendanceAct, AttendanceUndo
from models.people import Person, Unit


@dataclass(frozen=True)
class StaffDecision:
    """The last act of staff on a check-in. made_by: the name of who made it; unit: the name of their unit."""

    kind: ActKind
    reason: str
    made_at: datetime
    made_by: str
    unit: str


def decisions_on(db: Session, attended: Sequence[AttendedProject]) -> Mapping[uuid.UUID, StaffDecision]:
    """Return the last act on each check-in of these projects that was not undone, by check-in.

    A check-in by face that counts has none, also where it took the place of one by hand.
    """
    check_ins = [row.id for project in attended for session in project.sessions for row in session.check_ins]
    if not check_ins:
        return {}
    act = AttendanceAct
    wanted = (
        select(ActPerson.check_in_id, act.kind, act.reason, act.made_at, Person.name, Unit.name)
        .join(act, act.id == ActPerson.act_id)
        .join(Person, Person.id == act.made_by)
        .join(Unit, Unit.id == Person.unit_id)
        .where(ActPerson.check_in_id.in_(check_ins), ~exists().where(AttendanceUndo.act_id == act.id))
        .order_by(act.made_at, act.id)
    )
    return {row[0]: StaffDecision(*row[1:]) for row in db.execute(wanted) if row[0] is not None}
