"""The part of a person in a project: on the roster, as a learner, attended. One statement."""

import uuid
from dataclasses import dataclass
from typing import NewType

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, case, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from attendance.attempts.check_in_rows import COUNTING
from attendance.projects.access import CONTENT, ORGANIZERS, REVIEWERS
from attendance.projects.planned_sessions import NOT_CANCELLED
from foundation.callers import Caller
from foundation.errors import Forbidden, NotFound
from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, Direction
from models.people import Unit
from models.project_staff import ProjectStaff
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession

InsiderProject = NewType("InsiderProject", Project)
"""A project that the caller is on the roster of, organizes or reviews. Only `get_insider` makes one."""

_ATTENDED_MARKS = (AttendanceMark.PRESENT, AttendanceMark.LATE, AttendanceMark.LEFT_EARLY)
_ABSENT_MARKS = (AttendanceMark.ABSENT, AttendanceMark.EXCUSED)


@dataclass(frozen=True)
class Participant:
    """A person and a project. has_attended: attended a session, by check-in or by the organizer's last correction.

    unit_path, reviewing_path: of the project's unit and of the unit that reviews it.
    """

    project: Project
    unit_path: str
    reviewing_path: str
    is_learner: bool
    is_on_roster: bool
    has_attended: bool
    knows_answers: bool
    """Whether an assignment, also an ended one, let the person see the answers of the exam."""

    def is_staff(self, caller: Caller) -> bool:
        """Return whether the caller may see the answers of the exam: organizes, reviews, or makes its content."""
        is_assigned = bool(caller.assigned(CONTENT, self.project.id))
        return is_assigned or caller.may(ORGANIZERS, self.unit_path) or caller.may(REVIEWERS, self.reviewing_path)


def has_attended(
    person_id: InstrumentedAttribute[uuid.UUID] | BindParameter[uuid.UUID] | uuid.UUID,
) -> ColumnElement[bool]:
    """Return the SQL condition that a person attended a session of the Project in the enclosing statement.

    A cancelled session was never held; one that doesn't count was attended all the same.
    """
    arrived = (
        exists()
        .where(
            CheckIn.session_id == VenueSession.id,
            CheckIn.person_id == person_id,
            CheckIn.direction == Direction.IN,
            CheckIn.status.in_(COUNTING),
        )
        .correlate_except(CheckIn)
    )
    last_mark = (
        select(AttendanceCorrection.mark)
        .where(AttendanceCorrection.session_id == VenueSession.id, AttendanceCorrection.person_id == person_id)
        .order_by(AttendanceCorrection.id.desc())
        .limit(1)
        .correlate_except(AttendanceCorrection)
        .scalar_subquery()
    )
    attended = exists().where(
        VenueSession.project_id == Project.id,
        NOT_CANCELLED,
        case((last_mark.in_(_ATTENDED_MARKS), True), (last_mark.in_(_ABSENT_MARKS), False), else_=arrived),
    )
    return attended.correlate_except(VenueSession)


def _select_participant() -> Select[Project, str, str, bool, bool, bool, bool]:
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    reviewing = aliased(Unit)
    on_roster = exists().where(RosterEntry.project_id == Project.id, RosterEntry.person_id == person_id)
    learner = on_roster.where(RosterEntry.role == RosterRole.LEARNER)
    attended = has_attended(person_id)
    sees_answers = or_(ProjectStaff.is_content, ProjectStaff.is_results)
    saw_answers = exists().where(
        ProjectStaff.project_id == Project.id, ProjectStaff.person_id == person_id, sees_answers
    )
    return (
        select(
            Project,
            Unit.path,
            reviewing.path,
            learner.label("is_learner"),
            on_roster.label("is_on_roster"),
            attended.label("has_attended"),
            saw_answers.label("knows_answers"),
        )
        .join(Unit, Unit.id == Project.unit_id)
        .join(reviewing, reviewing.id == Project.reviewing_unit_id)
        .where(Project.id == bindparam("project_id"))
    )


_PARTICIPANT = _select_participant()  # built once: building the statement costs more than running it


def get_participant(db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID) -> Participant:
    """Return the person's part in the project. Raises NotFound for an unknown project."""
    found = db.execute(_PARTICIPANT, {"project_id": project_id, "person_id": person_id}).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path, *flags = found
    return Participant(project, path, reviewing_path, *map(bool, flags))


def get_insider(db: Session, *, project_id: uuid.UUID, caller: Caller) -> InsiderProject:
    """Return the project for people on its roster, its organizers and its reviewers.

    Raises NotFound, Forbidden.
    """
    found = get_participant(db, project_id=project_id, person_id=caller.person_id)
    if not found.is_on_roster and not found.is_staff(caller):
        raise Forbidden
    return InsiderProject(found.project)
