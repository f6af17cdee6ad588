"""How far organizers (主办方) and authorities reach: the units of their role, and all below."""

import uuid
from dataclasses import dataclass
from typing import Any, NewType, TypeVar

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, aliased

from attendance.errors import ProjectClosed, ProjectNotAnnounced
from attendance.projects.states import FROZEN, UNTOLD, Actor, next_steps
from foundation.callers import Caller, require
from foundation.errors import Forbidden, NotFound
from models.people import Role, Unit
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

ORGANIZERS = (Role.ORGANIZER,)
REVIEWERS = (Role.AUTHORITY,)
"""Who decides for a reviewing unit (最终审核单位)."""
READERS = (*ORGANIZERS, *REVIEWERS)

_REVIEWING = aliased(Unit)
Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])

# Only this module makes these: a function that asks for one can't be called with what nobody has checked.
ReadableProject = NewType("ReadableProject", Project)
"""A project that the caller may read: as its organizer, or for its reviewing unit."""
OrganizedProject = NewType("OrganizedProject", ReadableProject)
"""A project whose organizer the caller is."""
OrganizedSession = NewType("OrganizedSession", VenueSession)
"""A session of a project whose organizer the caller is."""


@dataclass(frozen=True)
class Reached:
    """A project, and in what parts the caller may act on it; at least one."""

    project: ReadableProject
    actors: frozenset[Actor]

    @property
    def next(self) -> list[ProjectStatus]:
        """Where the caller may take it now."""
        return [step.target for step in next_steps(self.project.status, self.actors)]


def get_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> OrganizedProject:
    """Return the project, for an organizer whose reach covers it. Raises NotFound, Forbidden."""
    reached = reach_project(db, project_id=project_id, caller=caller)
    if Actor.ORGANIZER not in reached.actors:
        raise Forbidden
    return OrganizedProject(reached.project)


def get_open_project(
    db: Session, *, project_id: uuid.UUID, caller: Caller, shut: frozenset[ProjectStatus] = FROZEN
) -> OrganizedProject:
    """Return the project, for its organizer, locked: nobody takes it a step further until this transaction ends.

    shut: the statuses where it is too late; by default those where roster and attendance stand still. Raises NotFound,
    Forbidden, ProjectClosed.
    """
    reached = reach_project(db, project_id=project_id, caller=caller, is_locked=True)
    if Actor.ORGANIZER not in reached.actors:
        raise Forbidden
    if reached.project.status in shut:
        raise ProjectClosed
    return OrganizedProject(reached.project)


def reach_project(db: Session, *, project_id: uuid.UUID, caller: Caller, is_locked: bool = False) -> Reached:
    """Return the project, for its organizer or its reviewing unit. Raises NotFound, Forbidden."""
    wanted = _with_paths().where(Project.id == project_id)
    if is_locked:
        wanted = wanted.with_for_update(of=Project).execution_options(populate_existing=True)
    found = db.execute(wanted).first()
    if found is None:
        raise NotFound
    project, path, reviewing_path = found
    actors = set()
    if caller.may(ORGANIZERS, path):
        actors.add(Actor.ORGANIZER)
    if caller.may(REVIEWERS, reviewing_path):
        actors.add(Actor.REVIEWER)
    if not actors:
        raise Forbidden
    return Reached(ReadableProject(project), frozenset(actors))


def _with_paths() -> Select[Project, str, str]:
    """Projects, each with the path of its unit and of its reviewing unit."""
    return (
        select(Project, Unit.path, _REVIEWING.path)
        .join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
    )


def within_reach(wanted: Wanted, caller: Caller) -> Wanted:
    """Of a statement about Projects, those of the caller's units as organizer, and those that their authority reviews.

    It joins the project's Unit, which the statement may show.
    """
    organized = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    reviewed = (_REVIEWING.path.startswith(path) for path in caller.scopes(REVIEWERS))
    return (
        wanted.join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
        .where(or_(false(), *organized, *reviewed))
    )


def get_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session, for an organizer whose reach covers its project. Raises NotFound, Forbidden."""
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
    return OrganizedSession(session)


def get_open_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """Return the session, for an organizer, its project locked as by `get_open_project`. Raises the same."""
    session = get_session(db, session_id=session_id, caller=caller)
    get_open_project(db, project_id=session.project_id, caller=caller)
    return session


def get_session_under_way(db: Session, *, session_id: uuid.UUID, caller: Caller) -> OrganizedSession:
    """As `get_open_session`, of a project that people come to by now. Raises ProjectNotAnnounced besides."""
    session = get_session(db, session_id=session_id, caller=caller)
    if get_open_project(db, project_id=session.project_id, caller=caller).status in UNTOLD:
        raise ProjectNotAnnounced
    return session
