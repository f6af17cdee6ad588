"""References to people: by 继教编号, or by id for people who have none, such as those of other provinces."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance, PersonNotOnRoster
from foundation.callers import Caller
from models.people import Person
from models.projects import RosterEntry, RosterRole


@dataclass(frozen=True)
class PersonRef:
    """A reference to a person, by 继教编号 or by id."""

    cme_number: str | None = None
    person_id: uuid.UUID | None = None


@dataclass(frozen=True)
class NamedRef:
    """A reference to somebody who may be a stranger. name: as the caller knows them."""

    person: PersonRef
    name: str | None = None


def find_on_roster(db: Session, *, project_id: uuid.UUID, person: PersonRef) -> uuid.UUID:
    """Return the id of a person on the roster of a project. Raises PersonNotOnRoster."""
    found = find_all(db, project_id=project_id, people=[person])
    if person not in found:
        raise PersonNotOnRoster(field="cme_number" if person.person_id is None else "person_id")
    return found[person]


def find_other_on_roster(db: Session, *, project_id: uuid.UUID, person: PersonRef, caller: Caller) -> uuid.UUID:
    """Return the id of a person on the roster of a project, who is somebody else than the caller.

    Raises OwnAttendance for the caller, whether they are on the roster or not; PersonNotOnRoster.
    """
    if caller.person_id in find_people(db, [person]).values():
        raise OwnAttendance
    return find_on_roster(db, project_id=project_id, person=person)


def find_all(
    db: Session, *, project_id: uuid.UUID, people: Collection[PersonRef], role: RosterRole | None = None
) -> Mapping[PersonRef, uuid.UUID]:
    """Return the ids of those people who are on the roster of a project, by reference; others are left out."""
    entries = select(RosterEntry.person_id).where(RosterEntry.project_id == project_id)
    if role is not None:
        entries = entries.where(RosterEntry.role == role)
    return _found(db, people, Person.id.in_(entries))


def find_people(db: Session, people: Collection[PersonRef]) -> Mapping[PersonRef, uuid.UUID]:
    """Return the ids of people by reference; unknown references are left out."""
    return _found(db, people, true())


def _found(db: Session, people: Collection[PersonRef], condition: ColumnElement[bool]) -> Mapping[PersonRef, uuid.UUID]:
    numbers = {each.cme_number for each in people if each.cme_number is not None}
    ids = {each.person_id for each in people if each.person_id is not None}
    named = or_(Person.cme_number.in_(numbers), Person.id.in_(ids))
    found: dict[PersonRef, uuid.UUID] = {}
    for person_id, cme_number in db.execute(select(Person.id, Person.cme_number).where(named, condition)):
        found[PersonRef(cme_number)] = found[PersonRef(person_id=person_id)] = person_id
    return {each: found[each] for each in people if each in found}
