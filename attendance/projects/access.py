"""Which projects and sessions a caller may use: those of the units of their role, and of all units below."""

import uuid
from dataclasses import dataclass
from typing import Any, NewType, TypeVar

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.closed import closed, not_announced
from attendance.projects.states import FROZEN, NOT_ANNOUNCED, Actor, next_steps
from foundation.callers import Caller, require
from foundation.errors import Forbidden, NotFound
from models.people import Role, Unit
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

_REVIEWING = aliased(Unit)
Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])

# Only this module makes these types. A function that takes one of them gets an object whose access was checked.
ReadableProject = NewType("ReadableProject", Project)
"""A project that the caller may read: as its organizer, for its reviewing unit, or as the admin of its unit."""
OrganizedProject = NewType("OrganizedProject", ReadableProject)
"""A project that the caller organizes."""
ReadableSession = NewType("ReadableSession", VenueSession)
"""A session of a project that the caller may read."""
OrganizedSession = NewType("OrganizedSession", ReadableSession)
"""A session of a project that the caller organizes."""


@dataclass(frozen=True)
class ProjectAccess:
    """A project, and the actors that the caller is there: organizer, reviewer or both."""

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
    db: Session, *, project_id: uuid.UUID, caller: Caller, closed_in: frozenset[ProjectStatus] = FROZEN
) -> OrganizedProject:
    """Return the project for its organizer, locked: its status can't change until this transaction ends.

    closed_in: the statuses that are refused; by default those in which roster and attendance don't change any more.
    Raises NotFound, Forbidden, ProjectClosed.
    """
    access = reach_project(db, project_id=project_id, caller=caller, is_locked=True)
    if Actor.ORGANIZER not in access.actors:
        raise Forbidden
    if access.project.status in closed_in:
        raise closed(access.project)
    return OrganizedProject(access.project)


def get_roster_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> Project:
    """Return the project, locked, for those who may put people on its roster.

    They are its organizers, the admin of its unit, and its reviewing unit. Raises NotFound, Forbidden, ProjectClosed.
    """
    wanted = _with_paths().where(Project.id == project_id).with_for_update(of=Project)
    found = db.execute(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path = found
    if not (caller.may((*ORGANIZERS, *UNIT_ADMINS), path) or caller.may(REVIEWERS, reviewing_path)):
        raise Forbidden
    if project.status in FROZEN:
        raise closed(project)
    return project


def reach_project(db: Session, *, project_id: uuid.UUID, caller: Caller, is_locked: bool = False) -> ProjectAccess:
    """Return the project for its organizer or its reviewing unit. Raises NotFound, Forbidden."""
    wanted = _with_paths().where(Project.id == project_id)
    if is_locked:
        wanted = wanted.with_for_update(of=Project).execution_options(populate_existing=True)
    found = db.execute(wanted).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path = found
    actors = _actors(caller, path, reviewing_path)
    if not actors:
        raise Forbidden
    return ProjectAccess(ReadableProject(project), actors)


def _actors(caller: Caller, path: str, reviewing_path: str) -> frozenset[Actor]:
    actors = {Actor.ORGANIZER: caller.may(ORGANIZERS, path), Actor.REVIEWER: caller.may(REVIEWERS, reviewing_path)}
    return frozenset(actor for actor, is_one in actors.items() if is_one)


def oversee_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> ReadableProject:
    """Return the project whose people and results the caller reads: as its organizer, or as those of `oversee`.

    The people of a draft are its organizer's alone. Raises NotFound, Forbidden.
    """
    seen = oversee(db, project_id=project_id, caller=caller)
    if seen.project.status is ProjectStatus.DRAFT and Actor.ORGANIZER not in seen.actors:
        raise Forbidden
    return seen.project


def oversee(db: Session, *, project_id: uuid.UUID, caller: Caller) -> ProjectAccess:
    """Return the project, to read its plan, for its organizer, its reviewing unit and the admin of its unit.

    The admin sees it from its filing on, and is no actor. Raises NotFound, Forbidden.
    """
    found = db.execute(_with_paths().where(Project.id == project_id)).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path = found
    actors = _actors(caller, path, reviewing_path)
    if not actors and (project.status is ProjectStatus.DRAFT or not caller.may(UNIT_ADMINS, path)):
        raise Forbidden
    return ProjectAccess(ReadableProject(project), actors)


def oversee_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> ReadableSession:
    """Return the session, to read it, for those of `oversee_project`. Raises NotFound, Forbidden."""
    session = db.get(VenueSession, session_id)
    if session is None:
        raise NotFound
    oversee_project(db, project_id=session.project_id, caller=caller)
    return ReadableSession(session)


def _with_paths() -> Select[Project, str, str]:
    """Select projects, each with the path of its unit and of its reviewing unit."""
    return (
        select(Project, Unit.path, _REVIEWING.path)
        .join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
    )


def within_reach(wanted: Wanted, caller: Caller) -> Wanted:
    """Limit a statement about Projects to those that `oversee` returns for the caller.

    The statement is joined with the project's Unit, so that it can also select the unit's columns.
    """
    organized = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    reviewed = (_REVIEWING.path.startswith(path) for path in caller.scopes(REVIEWERS))
    owned = (Unit.path.startswith(path) for path in caller.scopes(UNIT_ADMINS))
    filed = and_(Project.status != ProjectStatus.DRAFT, or_(false(), *owned))
    return (
        wanted.join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
        .where(or_(filed, *organized, *reviewed))
    )


def within_sight(wanted: Wanted, caller: Caller) -> Wanted:
    """Limit a statement about Projects to those whose people `oversee_project` lets the caller see."""
    organized = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    return within_reach(wanted, caller).where(or_(Project.status != ProjectStatus.DRAFT, *organized))


def get_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session for an organizer of its project. Raises NotFound, Forbidden."""
    found = db.execute(
        select(VenueSession, Unit.path)
        .join(Project, Project.id == VenueSession.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(VenueSession.id == session_id)
    ).first()
    if found is None:
        raise NotFound
    session, path = found
    require(caller, ORGANIZERS, path)
    return OrganizedSession(ReadableSession(session))


def lock_session(
    db: Session, *, session_id: uuid.UUID, caller: Caller, closed_in: frozenset[ProjectStatus] = FROZEN
) -> tuple[OrganizedSession, OrganizedProject]:
    """Return the session and its locked project for the organizer, both as they are now.

    closed_in: as in `get_open_project`. Raises NotFound, Forbidden, ProjectClosed.
    """
    session = get_session(db, session_id=session_id, caller=caller)
    project = get_open_project(db, project_id=session.project_id, caller=caller, closed_in=closed_in)
    db.refresh(session)  # it may have changed before the project was locked
    return session, project


def get_open_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session for its organizer, with its project locked. Raises NotFound, Forbidden, ProjectClosed."""
    return lock_session(db, session_id=session_id, caller=caller)[0]


def get_session_under_way(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session as `get_open_session` does, for an announced project only.

    Raises NotFound, Forbidden, ProjectClosed, ProjectNotAnnounced.
    """
    session, project = lock_session(db, session_id=session_id, caller=caller)
    if project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    return session
