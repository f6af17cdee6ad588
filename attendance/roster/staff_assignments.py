"""Organizers assign people to tasks at one project or session, and end that: no role over a unit is needed for it.

The person is told each time. What they do by an assignment ends with it at once, and so do the screens and kiosks that
they made by it: nobody would answer for them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid
from attendance.projects.access import OrganizedProject, get_open_project
from attendance.projects.assignments import WITHOUT_STAFF, holds
from attendance.roster.person_refs import NamedRef
from attendance.roster.strangers import find_known
from attendance.staff_errors import OwnAssignment, TaskOfProject
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.inbox import News
from models.base import new_id
from models.notices import NoticeTopic
from models.project_staff import ProjectStaff, StaffTask
from models.projects import Project
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, Screen

_OF_PROJECTS = frozenset({StaffTask.CONTENT})
"""Exam and evaluation form belong to the whole project, so that nobody has this task at one session."""


@dataclass(frozen=True)
class NewAssignment:
    """What somebody is assigned to. session_id: None for the whole project; until: None for as long as it goes on."""

    tasks: frozenset[StaffTask]
    session_id: uuid.UUID | None = None
    until: datetime | None = None

    def is_as(self, row: ProjectStaff) -> bool:
        """Return whether an assignment is this one."""
        return frozenset(row.tasks) == self.tasks and row.until == self.until


@dataclass(frozen=True)
class Assigned:
    """An assignment, and whether this call made it."""

    row: ProjectStaff
    is_new: bool


@dataclass(frozen=True)
class OwnAssigned:
    """An assignment of a person, for themselves. session: None for the whole project."""

    row: ProjectStaff
    session: VenueSession | None


def assign(
    db: Session, *, project_id: uuid.UUID, named: NamedRef, new: NewAssignment, caller: Caller, now: datetime
) -> Assigned:
    """Assign a person to tasks at a project or session. Another assignment of theirs to the same one ends by it.

    The same again changes nothing. Raises NotFound, Forbidden, ProjectClosed, PersonUnknown, OwnAssignment,
    TaskOfProject, PeriodInvalid.
    """
    project = get_open_project(db, project_id=project_id, caller=caller, closed_in=WITHOUT_STAFF)
    _check(db, project, new, now)
    person_id = find_known(db, project=project, named=named, actor_id=caller.person_id)
    if person_id == caller.person_id:
        raise OwnAssignment
    before = _find_open(db, project, person_id, new.session_id)
    if before is not None and new.is_as(before):
        return Assigned(before, is_new=False)
    if before is not None:
        before.ended_at, before.ended_by = now, caller.person_id
        db.flush()  # the index allows one open assignment
    made = ProjectStaff(
        id=new_id(),
        project_id=project.id,
        session_id=new.session_id,
        person_id=person_id,
        is_door=StaffTask.DOOR in new.tasks,
        is_content=StaffTask.CONTENT in new.tasks,
        is_results=StaffTask.RESULTS in new.tasks,
        until=new.until,
        named_by=caller.person_id,
        named_at=now,
    )
    db.add(made)
    db.flush()
    if before is not None:
        _pass_machines_on(db, before, made, now)
    audit.record(
        db, caller, now, "project_staff.assign", made, before=_told(before) if before else None, after=_told(made)
    )
    _tell(db, made, NoticeTopic.STAFF_ASSIGNED, caller, now)
    return Assigned(made, is_new=True)


def end(db: Session, *, staff_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """End an assignment, at once, with the screens and kiosks that were made by it. Raises NotFound, Forbidden."""
    project_id = db.scalar(select(ProjectStaff.project_id).where(ProjectStaff.id == staff_id))
    if project_id is None:
        raise NotFound
    get_open_project(db, project_id=project_id, caller=caller, closed_in=frozenset())
    row = db.get_one(ProjectStaff, staff_id, with_for_update=True, populate_existing=True)
    if row.ended_at is not None:
        return
    row.ended_at, row.ended_by = now, caller.person_id
    db.flush()
    revoked = _revoke_machines(db, row, now)
    audit.record(db, caller, now, "project_staff.end", row, before=_told(row), after={"machines_revoked": revoked})
    _tell(db, row, NoticeTopic.STAFF_ENDED, caller, now)


def list_staff(
    db: Session, *, project: OrganizedProject, after: uuid.UUID | None, limit: int
) -> Sequence[ProjectStaff]:
    """Return the assignments to a project and its sessions, also those that are over, beginning after `after`."""
    wanted = select(ProjectStaff).where(ProjectStaff.project_id == project.id)
    if after is not None:
        wanted = wanted.where(ProjectStaff.id > after)
    return db.scalars(wanted.order_by(ProjectStaff.id).limit(limit)).all()


def list_own(
    db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int, now: datetime
) -> list[OwnAssigned]:
    """Return the assignments of a person that hold now, beginning after `after`."""
    wanted = (
        select(ProjectStaff, VenueSession)
        .join(Project, Project.id == ProjectStaff.project_id)
        .outerjoin(VenueSession, VenueSession.id == ProjectStaff.session_id)
        .where(ProjectStaff.person_id == person_id, holds(now))
    )
    if after is not None:
        wanted = wanted.where(ProjectStaff.id > after)
    return [OwnAssigned(row, session) for row, session in db.execute(wanted.order_by(ProjectStaff.id).limit(limit))]


def _check(db: Session, project: OrganizedProject, new: NewAssignment, now: datetime) -> None:
    """Raise NotFound for a session of another project; TaskOfProject; PeriodInvalid for a time that is over."""
    if new.session_id is not None:
        of_project = VenueSession.id == new.session_id, VenueSession.project_id == project.id
        if db.scalar(select(VenueSession.id).where(*of_project)) is None:
            raise NotFound(field="session_id")
        if not new.tasks.isdisjoint(_OF_PROJECTS):
            raise TaskOfProject(field="tasks")
    if new.until is not None and new.until <= now:
        raise PeriodInvalid(field="until")


def _find_open(
    db: Session, project: OrganizedProject, person_id: uuid.UUID, session_id: uuid.UUID | None
) -> ProjectStaff | None:
    """Return the assignment of a person to the project or session that was not ended, locked; also one that is over."""
    theirs = ProjectStaff.project_id == project.id, ProjectStaff.person_id == person_id
    there = ProjectStaff.session_id == session_id if session_id is not None else ProjectStaff.session_id.is_(None)
    wanted = select(ProjectStaff).where(*theirs, there, ProjectStaff.ended_at.is_(None)).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def _pass_machines_on(db: Session, before: ProjectStaff, made: ProjectStaff, now: datetime) -> None:
    """Let screens and kiosks go on with the assignment that follows, if it still has the door; else revoke them."""
    if not made.is_door:
        _revoke_machines(db, before, now)
        return
    for table in (Screen, Kiosk):
        db.execute(update(table).where(_of(table, before)).values(staff_id=made.id))


def _revoke_machines(db: Session, assignment: ProjectStaff, now: datetime) -> int:
    """Revoke the screens and kiosks that were made by an assignment; return how many."""
    revoked = 0
    for table in (Screen, Kiosk):
        ended = update(table).where(_of(table, assignment), table.revoked_at.is_(None)).values(revoked_at=now)
        revoked += len(db.execute(ended.returning(table.id)).all())
    return revoked


def _of(table: type[Screen] | type[Kiosk], assignment: ProjectStaff) -> ColumnElement[bool]:
    sessions = select(VenueSession.id).where(VenueSession.project_id == assignment.project_id)
    return table.session_id.in_(sessions) & (table.staff_id == assignment.id)


def _told(row: ProjectStaff) -> dict[str, str | list[str] | None]:
    """Return an assignment for the audit trail."""
    return {
        "person": str(row.person_id),
        "session": str(row.session_id) if row.session_id else None,
        "tasks": [task.value for task in row.tasks],
        "until": row.until.isoformat() if row.until else None,
    }


def _tell(db: Session, row: ProjectStaff, topic: NoticeTopic, caller: Caller, now: datetime) -> None:
    facts = {"tasks": [task.value for task in row.tasks], "made_by": str(caller.person_id)}
    inbox.tell(db, [row.person_id], News(topic, now, row.project_id, row.session_id, facts=facts))
