"""The organizer assigns places at sessions to learners of the roster, takes them away and lists them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.projects.access import OrganizedSession, get_open_project, get_session
from attendance.projects.staff import refuse_own
from attendance.roster.person_refs import PersonRef, find_all
from attendance.sessions import places
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.place_requests import with_capacity
from foundation import audit
from foundation.callers import Caller
from models.people import Person, Unit
from models.projects import RosterRole, SessionPlace
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class AssignmentCounts:
    """How many people got a place, wait, or held one or waited before. unknown: numbers of nobody on the roster."""

    held: int
    waiting: int
    already: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class PlaceRow:
    """A person who holds a place or waits for one. unit: the name of their unit."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    is_waiting: bool
    asked_at: datetime


def place_people(
    db: Session, *, session_id: uuid.UUID, cme_numbers: Sequence[str], caller: Caller, now: datetime
) -> AssignmentCounts:
    """Give the free places to learners of the roster, in the given order; the others wait.

    Raises NotFound, Forbidden, ProjectClosed, PlaceNotNeeded, SessionCancelled, OwnAttendance.
    """
    session = _organized(db, session_id, caller)
    check_not_cancelled(session)
    wanted = list(dict.fromkeys(cme_numbers))
    named = [PersonRef(number) for number in wanted]
    found = find_all(db, project_id=session.project_id, people=named, role=RosterRole.LEARNER)
    people = [found[each] for each in named if each in found]
    refuse_own(caller, people)
    given = places.take(db, session=session, people=people, now=now)
    if added := [str(each) for each in (*given.held, *given.waiting)]:
        audit.record(db, caller, now, "session_place.add", session, after={"people": added})
        db.flush()
    unknown = tuple(number for number in wanted if PersonRef(number) not in found)
    return AssignmentCounts(len(given.held), len(given.waiting), len(given.already), unknown)


def remove_person(db: Session, *, session_id: uuid.UUID, person_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Remove a person's place, or remove them from the waiting list.

    Raises NotFound, Forbidden, ProjectClosed, HasAttended.
    """
    session = _organized(db, session_id, caller)
    places.give_back(db, session=session, person_id=person_id, now=now)
    audit.record(db, caller, now, "session_place.remove", session, after={"people": [str(person_id)]})
    db.flush()


def list_places(
    db: Session, *, session: OrganizedSession, is_waiting: bool, after: uuid.UUID | None, limit: int
) -> list[PlaceRow]:
    """Return the people who hold a place, or those who wait, in the order in which they asked."""
    wanted = (
        select(
            SessionPlace.id, Person.id, Person.name, Person.cme_number, Unit.name, SessionPlace.is_waiting,
            SessionPlace.asked_at,
        )
        .join(Person, Person.id == SessionPlace.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(SessionPlace.session_id == session.id, SessionPlace.is_waiting.is_(is_waiting))
    )  # fmt: skip
    if after is not None:
        wanted = wanted.where(SessionPlace.id > after)
    return [PlaceRow(*row) for row in db.execute(wanted.order_by(SessionPlace.id).limit(limit))]


def _organized(db: Session, session_id: uuid.UUID, caller: Caller) -> VenueSession:
    session = get_session(db, session_id=session_id, caller=caller)
    get_open_project(db, project_id=session.project_id, caller=caller)
    return with_capacity(db, session_id)
