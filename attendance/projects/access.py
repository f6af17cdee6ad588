"""Which projects and sessions a caller may use: those of the units of their role, and of all units below."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import NewType

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.assignments import keep_one
from attendance.projects.closed import closed, not_announced
from attendance.projects.states import FROZEN, NOT_ANNOUNCED, Actor, next_steps
from foundation.callers import Caller
from foundation.errors import Forbidden, NotFound
from foundation.transactions import may_write
from models.people import Role, Unit
from models.project_staff import StaffTask
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

ORGANIZERS = (Role.ORGANIZER,)
REVIEWERS = (Role.AUTHORITY,)
"""Who decides for a reviewing unit (最终审核单位)."""
READERS = (*ORGANIZERS, *REVIEWERS)
UNIT_ADMINS = (Role.UNIT_ADMIN,)
OVERSEERS = (*READERS, *UNIT_ADMINS)
"""Who sees roster, attendance and results: the organizers, the reviewing unit, and the admin of the project's unit."""
ROSTER_KEEPERS = OVERSEERS
"""Who may put people on a roster: staff can't put themselves on it, so somebody else must be able to."""
DOOR = (StaffTask.DOOR,)
CONTENT = (StaffTask.CONTENT,)
RESULTS = (StaffTask.RESULTS,)
DOOR_OR_RESULTS = (*DOOR, *RESULTS)
ANY_TASK = tuple(StaffTask)

_REVIEWING = aliased(Unit)

# Only this module makes these types. A function that takes one of them gets an object whose access was checked.
ReadableProject = NewType("ReadableProject", Project)
"""A project that the caller may read: as its organizer, for its reviewing unit, as its unit's admin, or by a task."""
OrganizedProject = NewType("OrganizedProject", ReadableProject)
"""A project that the caller organizes, or has the task for."""
ReadableSession = NewType("ReadableSession", VenueSession)
"""A session of a project that the caller may read."""
OrganizedSession = NewType("OrganizedSession", ReadableSession)
"""A session of a project that the caller organizes, or has the task for."""


@dataclass(frozen=True)
class ProjectAccess:
    """A project, and the actors that the caller is there: organizer, reviewer, both, or none of them."""

    project: ReadableProject
    actors: frozenset[Actor]

    @property
    def next(self) -> list[ProjectStatus]:
        """Return the statuses to which the caller may take the project now."""
        return [step.target for step in next_steps(self.project.status, self.actors)]


def for_upkeep(project: Project) -> ReadableProject:
    """Return a project for a job of the system itself, which has no caller. Nobody is shown what it reads."""
    return ReadableProject(project)


def get_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> OrganizedProject:
    """Return the project for an organizer of its unit. Raises NotFound, Forbidden."""
    access = reach_project(db, project_id=project_id, caller=caller)
    if Actor.ORGANIZER not in access.actors:
        raise Forbidden
    return OrganizedProject(access.project)


def get_open_project(
    db: Session,
    *,
    project_id: uuid.UUID,
    caller: Caller,
    closed_in: frozenset[ProjectStatus] = FROZEN,
    tasks: Collection[StaffTask] = (),
    session_id: uuid.UUID | None = None,
) -> OrganizedProject:
    """Return the project for its organizer, locked: its status can't change until this transaction ends.

    closed_in: the statuses that are refused; by default those in which roster and attendance don't change any more.
    tasks: those that open it too, to the whole project or to this session. Raises NotFound, Forbidden, ProjectClosed.
    """
    project, path, _ = _look_up(db, project_id, is_locked=True)
    if not caller.may(ORGANIZERS, path):
        _require_task(db, caller, tasks, project_id, session_id)
    if project.status in closed_in:
        raise closed(project)
    return OrganizedProject(ReadableProject(project))


def get_roster_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> Project:
    """Return the project, locked, for those who may put people on its roster.

    They are its organizers, the admin of its unit, and its reviewing unit. Raises NotFound, Forbidden, ProjectClosed.
    """
    project, path, reviewing_path = _look_up(db, project_id, is_locked=True)
    if not (caller.may((*ORGANIZERS, *UNIT_ADMINS), path) or caller.may(REVIEWERS, reviewing_path)):
        raise Forbidden
    if project.status in FROZEN:
        raise closed(project)
    return project


def reach_project(
    db: Session, *, project_id: uuid.UUID, caller: Caller, is_locked: bool = False, tasks: Collection[StaffTask] = ()
) -> ProjectAccess:
    """Return the project for its organizer or its reviewing unit, or by a task. Raises NotFound, Forbidden."""
    project, path, reviewing_path = _look_up(db, project_id, is_locked=is_locked)
    actors = _actors(caller, path, reviewing_path)
    if not actors:
        _require_task(db, caller, tasks, project_id)
    return ProjectAccess(ReadableProject(project), actors)


def _actors(caller: Caller, path: str, reviewing_path: str) -> frozenset[Actor]:
    actors = {Actor.ORGANIZER: caller.may(ORGANIZERS, path), Actor.REVIEWER: caller.may(REVIEWERS, reviewing_path)}
    return frozenset(actor for actor, is_one in actors.items() if is_one)


def _require_task(
    db: Session,
    caller: Caller,
    tasks: Collection[StaffTask],
    project_id: uuid.UUID,
    session_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Return the id of an assignment of the caller with one of these tasks. Raises Forbidden if there is none.

    Where the transaction writes, the assignment can't end before it.
    """
    held = caller.assigned(tasks, project_id, session_id)
    found = keep_one(db, held) if held and may_write.get() else next((each.id for each in held), None)
    if found is None:
        raise Forbidden
    return found


def oversee_project(
    db: Session,
    *,
    project_id: uuid.UUID,
    caller: Caller,
    tasks: Collection[StaffTask] = (),
    session_id: uuid.UUID | None = None,
) -> ReadableProject:
    """Return the project whose people and results the caller reads: as its organizer, or as those of `oversee`.

    The people of a draft are its organizer's alone, and those with a task. Raises NotFound, Forbidden.
    """
    seen = oversee(db, project_id=project_id, caller=caller, tasks=tasks, session_id=session_id)
    is_draft = seen.project.status is ProjectStatus.DRAFT and Actor.ORGANIZER not in seen.actors
    if is_draft and not caller.assigned(tasks, project_id, session_id):
        raise Forbidden
    return seen.project


def oversee(
    db: Session,
    *,
    project_id: uuid.UUID,
    caller: Caller,
    tasks: Collection[StaffTask] = (),
    session_id: uuid.UUID | None = None,
) -> ProjectAccess:
    """Return the project, to read its plan, for its organizer, its reviewing unit and the admin of its unit.

    The admin sees it from its filing on, and is no actor; nor is who sees it by one of `tasks`, to the whole project or
    to this session. Raises NotFound, Forbidden.
    """
    project, path, reviewing_path = _look_up(db, project_id)
    actors = _actors(caller, path, reviewing_path)
    if not actors and (project.status is ProjectStatus.DRAFT or not caller.may(UNIT_ADMINS, path)):
        _require_task(db, caller, tasks, project_id, session_id)
    return ProjectAccess(ReadableProject(project), actors)


def oversee_session(
    db: Session, *, session_id: uuid.UUID, caller: Caller, tasks: Collection[StaffTask] = ()
) -> ReadableSession:
    """Return the session, to read it, for those of `oversee_project`. Raises NotFound, Forbidden."""
    session = db.get(VenueSession, session_id)
    if session is None:
        raise NotFound
    oversee_project(db, project_id=session.project_id, caller=caller, tasks=tasks, session_id=session_id)
    return ReadableSession(session)


def _look_up(db: Session, project_id: uuid.UUID, *, is_locked: bool = False) -> tuple[Project, str, str]:
    """Return a project, and the paths of its unit and of its reviewing unit. Raises NotFound."""
    wanted = _with_paths().where(Project.id == project_id)
    if is_locked:
        wanted = wanted.with_for_update(of=Project).execution_options(populate_existing=True)
    found = db.execute(wanted).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path = found
    return project, path, reviewing_path


def _with_paths() -> Select[Project, str, str]:
    """Select projects, each with the path of its unit and of its reviewing unit."""
    return (
        select(Project, Unit.path, _REVIEWING.path)
        .join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
    )


def get_session(
    db: Session, *, session_id: uuid.UUID, caller: Caller, tasks: Collection[StaffTask] = ()
) -> OrganizedSession:
    """Return the session for an organizer of its project, or by one of these tasks. Raises NotFound, Forbidden."""
    return reach_session(db, session_id=session_id, caller=caller, tasks=tasks)[0]


def reach_session(
    db: Session, *, session_id: uuid.UUID, caller: Caller, tasks: Collection[StaffTask] = ()
) -> tuple[OrganizedSession, uuid.UUID | None]:
    """Return the session as `get_session` does, and the assignment by which; None for an organizer."""
    found = db.execute(
        select(VenueSession, Unit.path)
        .join(Project, Project.id == VenueSession.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(VenueSession.id == session_id)
    ).first()
    if found is None:
        raise NotFound
    session, path = found
    by = None
    if not caller.may(ORGANIZERS, path):
        by = _require_task(db, caller, tasks, session.project_id, session_id)
    return OrganizedSession(ReadableSession(session)), by


def lock_session(
    db: Session,
    *,
    session_id: uuid.UUID,
    caller: Caller,
    closed_in: frozenset[ProjectStatus] = FROZEN,
    tasks: Collection[StaffTask] = (),
) -> tuple[OrganizedSession, OrganizedProject]:
    """Return the session and its locked project for the organizer, both as they are now.

    closed_in, tasks: as in `get_open_project`. Raises NotFound, Forbidden, ProjectClosed.
    """
    project_id = db.scalar(select(VenueSession.project_id).where(VenueSession.id == session_id))
    if project_id is None:
        raise NotFound
    project = get_open_project(
        db, project_id=project_id, caller=caller, closed_in=closed_in, tasks=tasks, session_id=session_id
    )
    session = db.get_one(VenueSession, session_id, populate_existing=True)  # as it is now that the project is locked
    return OrganizedSession(ReadableSession(session)), project


def get_open_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session for its organizer, with its project locked. Raises NotFound, Forbidden, ProjectClosed."""
    return lock_session(db, session_id=session_id, caller=caller)[0]


def get_session_under_way(
    db: Session, *, session_id: uuid.UUID, caller: Caller, tasks: Collection[StaffTask] = ()
) -> OrganizedSession:
    """Return the session as `get_open_session` does, for an announced project only, or by one of these tasks.

    Raises NotFound, Forbidden, ProjectClosed, ProjectNotAnnounced.
    """
    session, project = lock_session(db, session_id=session_id, caller=caller, tasks=tasks)
    if project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    return session
