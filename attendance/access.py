"""How far an organizer (主办方) reaches: the units of their role, and all below."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.callers import Caller, require
from accounts.errors import NotFound
from models.people import Role, Unit
from models.projects import Project
from models.projects import Session as VenueSession

ORGANIZERS = (Role.ORGANIZER,)


def get_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> Project:
    """The project, for an organizer whose reach covers it. Raises NotFound, Forbidden."""
    found = db.execute(
        select(Project, Unit.path).join(Unit, Unit.id == Project.unit_id).where(Project.id == project_id)
    ).first()
    if found is None:
        raise NotFound
    project, path = found
    require(caller, ORGANIZERS, path)
    return project


def get_session(db: Session, *, session_id: uuid.UUID, caller: Caller) -> VenueSession:
    """The session, for an organizer whose reach covers its project. Raises NotFound, Forbidden."""
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
    return session
