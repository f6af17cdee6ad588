"""Admits people who came without being expected: onto the roster, and to a place where places are limited."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.roster import rosters
from attendance.sessions import places
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Admission:
    """What was needed to admit a person. entry_id: their new entry of the roster; took_place: a place was given."""

    entry_id: uuid.UUID | None
    took_place: bool


def admit(db: Session, *, session: VenueSession, person_id: uuid.UUID, actor_id: uuid.UUID, now: datetime) -> Admission:
    """Put a person onto the roster as a learner, unless they are on it, and give them a place where one is needed.

    session: its project is locked. Raises ProjectFull, SessionFull.
    """
    project = db.get_one(Project, session.project_id)
    wanted = select(RosterEntry.role).where(RosterEntry.project_id == project.id, RosterEntry.person_id == person_id)
    roles = set(db.scalars(wanted))
    entry_id = (
        None if roles else rosters.add_on_the_spot(db, project=project, person_id=person_id, actor_id=actor_id, now=now)
    )
    if session.capacity is None or RosterRole.SPEAKER in roles:
        return Admission(entry_id, took_place=False)
    return Admission(entry_id, took_place=places.seat(db, session=session, person_id=person_id, now=now))
