"""What was built on an act of staff since: what stands in the way of its undo, with the people, by the reason."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.record.missing import CAME
from attendance.record.participants import has_attended
from attendance.roster.took_part import who_took_part
from models.attendance import AttendanceCorrection, CheckIn, CheckInAttempt, Direction
from models.attendance_acts import ActPerson, AttendanceAct, AttendanceUndo
from models.evaluations import EvaluationRespondent
from models.exams import Exam, ExamAttempt
from models.people import Person
from models.projects import Project


def find(
    db: Session, act: AttendanceAct, people: Sequence[ActPerson], check_ins: Mapping[uuid.UUID, CheckIn]
) -> dict[str, set[uuid.UUID]]:
    """Return the people for whom something was built on the act, by the reason.

    changed: the check-in is another one by now; corrected: so was their attendance; checked_out: they checked out;
    took_part: who was put on the roster took part in more; examined: they began an exam that needs attendance.
    """
    ids = [each.person_id for each in people]
    found = {
        "changed": {each.person_id for each in people if _has_changed(each, check_ins)},
        "corrected": _corrected(db, act, people),
        "checked_out": _checked_out(db, act, ids) if act.direction is Direction.IN else set(),
        "took_part": _took_part(db, act, people),
        "examined": _examined(db, act, ids),
    }
    return {why: names for why, names in found.items() if names}


def who_evaluated_by_attending(db: Session, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those who attended and evaluated the project. When they evaluated is not kept."""
    evaluated = select(EvaluationRespondent.person_id).where(EvaluationRespondent.project_id == project_id)
    return who_attended(db, project_id, set(db.scalars(evaluated.where(EvaluationRespondent.person_id.in_(people)))))


def who_attended(db: Session, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these people who attended a session of the project."""
    if not people:
        return set()
    wanted = select(Person.id).join(Project, Project.id == project_id)
    return set(db.scalars(wanted.where(Person.id.in_(people), has_attended(Person.id))))


def _has_changed(person: ActPerson, check_ins: Mapping[uuid.UUID, CheckIn]) -> bool:
    if person.check_in_id is None:
        return False
    row = check_ins[person.check_in_id]
    return (row.attempt_id, row.status) != (person.attempt_id, person.status)


def _corrected(db: Session, act: AttendanceAct, people: Sequence[ActPerson]) -> set[uuid.UUID]:
    table = AttendanceCorrection
    own = {each.person_id: each.correction_id for each in people}
    wanted = select(table.person_id, table.id).where(table.session_id == act.session_id, table.person_id.in_(own))
    by_an_undo = exists().where(
        AttendanceUndo.undone_at == table.made_at, AttendanceUndo.undone_by == table.made_by,
        AttendanceUndo.act_id == AttendanceAct.id, AttendanceAct.session_id == table.session_id,
    ).correlate(table)  # fmt: skip
    since = db.execute(wanted.where(table.made_at >= act.made_at, ~by_an_undo)).all()
    return {person_id for person_id, made in since if (mine := own[person_id]) is None or made > mine}


def _checked_out(db: Session, act: AttendanceAct, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    wanted = select(CheckIn.person_id).join(CheckInAttempt, CheckInAttempt.id == CheckIn.attempt_id)
    left = CheckIn.direction == Direction.OUT, CheckIn.status.in_(CAME), CheckInAttempt.attempted_at >= act.made_at
    return set(db.scalars(wanted.where(CheckIn.session_id == act.session_id, CheckIn.person_id.in_(people), *left)))


def _took_part(db: Session, act: AttendanceAct, people: Sequence[ActPerson]) -> set[uuid.UUID]:
    added = [each for each in people if each.entry_id is not None]
    if not added:
        return set()
    own = [each.check_in_id for each in added if each.check_in_id is not None]
    ids = [each.person_id for each in added]
    return who_took_part(db, project_id=act.project_id, people=ids, beside=own)


def _examined(db: Session, act: AttendanceAct, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    wanted = select(ExamAttempt.person_id).join(Exam, Exam.project_id == ExamAttempt.project_id)
    since = ExamAttempt.started_at >= act.made_at, Exam.needs_attendance
    return set(
        db.scalars(wanted.where(ExamAttempt.project_id == act.project_id, ExamAttempt.person_id.in_(people), *since))
    )
