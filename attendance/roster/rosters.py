"""Rosters (学员名单): who is expected at the sessions of a project, and who waits for a place in a full one."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.orm import Session

from attendance.errors import HasAttended
from attendance.projects.access import OrganizedProject
from attendance.projects.states import OVER
from attendance.sessions import places
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.attendance import CheckIn
from models.base import new_id
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole, WaitingEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class RosterChange:
    """What came of it. waiting: found no place; unknown: the numbers that are nobody's."""

    added: int
    already: int
    waiting: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """Somebody who is expected, or waits. unit: its name."""

    entry_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    added_at: datetime


@dataclass(frozen=True)
class Placed:
    """Who came onto the roster, and who waits; by person, with the id of the row that says so."""

    added: dict[uuid.UUID, uuid.UUID]
    waiting: dict[uuid.UUID, uuid.UUID]


def add_people(
    db: Session, *, project: Project, cme_numbers: Iterable[str], role: RosterRole, caller: Caller, now: datetime
) -> RosterChange:
    """Expect people at a project, by their 继教编号; those who are expected already stay as they are.

    project: locked, so that whoever changes this roster at the same time waits, and each of them counts right.
    """
    wanted = list(dict.fromkeys(cme_numbers))
    on_file = db.execute(select(Person.cme_number, Person.id).where(Person.cme_number.in_(wanted)))
    found = {number: person_id for number, person_id in on_file if number is not None}
    people = [found[number] for number in wanted if number in found]
    placed = place(db, project=project, people=people, role=role, now=now)
    if placed.added or placed.waiting:
        after = {"role": role.value, "people": [str(each) for each in sorted({*placed.added, *placed.waiting})]}
        audit.record(db, caller, now, "roster.add", project, after=after)
    db.flush()
    return RosterChange(
        added=len(placed.added),
        already=len(found) - len(placed.added) - len(placed.waiting),
        waiting=len(placed.waiting),
        unknown=tuple(number for number in wanted if number not in found),
    )


def place(db: Session, *, project: Project, people: Collection[uuid.UUID], role: RosterRole, now: datetime) -> Placed:
    """Give places to people, in their order, as long as there are any; the others wait. project: locked."""
    expected = select(RosterEntry.person_id).where(RosterEntry.project_id == project.id, RosterEntry.role == role)
    there = set(db.scalars(expected.where(RosterEntry.person_id.in_(people))))
    fresh = [each for each in dict.fromkeys(people) if each not in there]
    room = _room(db, project) if role is RosterRole.LEARNER else None
    seated = fresh if room is None else fresh[:room]
    waiting = [] if room is None else fresh[room:]
    if waiting:
        queued = select(WaitingEntry.person_id).where(WaitingEntry.project_id == project.id)
        before = set(db.scalars(queued.where(WaitingEntry.person_id.in_(waiting))))
        waiting = [each for each in waiting if each not in before]
    entries = {each: new_id() for each in seated}
    db.add_all(
        RosterEntry(id=ident, project_id=project.id, person_id=each, role=role, added_at=now)
        for each, ident in entries.items()
    )
    queue = {each: new_id() for each in waiting}
    db.add_all(
        WaitingEntry(id=ident, project_id=project.id, person_id=each, added_at=now) for each, ident in queue.items()
    )
    if role is RosterRole.LEARNER and seated:  # who waited and has a place now waits no more
        _stop_waiting(db, project.id, seated)
    db.flush()
    return Placed(entries, queue)


def remove(
    db: Session, *, project: Project, person_id: uuid.UUID, role: RosterRole, caller: Caller, now: datetime
) -> None:
    """Take somebody off the roster or the waiting list; who waits first gets the place. project: locked.

    Who has checked in keeps one role at least, so that a wrong one is corrected by adding the right one first. Raises
    NotFound, HasAttended.
    """
    roles = set(db.scalars(select(RosterEntry.role).where(*_of(project.id, [person_id]))))
    if roles == {role} and has_check_ins(db, project_id=project.id, people=[person_id]):
        raise HasAttended  # in another part they would still be expected
    gone = db.execute(
        delete(RosterEntry).where(*_of(project.id, [person_id]), RosterEntry.role == role).returning(RosterEntry.id)
    ).first()
    waited = _stop_waiting(db, project.id, [person_id]) if role is RosterRole.LEARNER else 0
    if gone is None and not waited:
        raise NotFound
    if role is RosterRole.LEARNER:
        places.leave_project(db, project_id=project.id, people=[person_id], now=now)
    fill(db, project=project, now=now)
    after = {"role": role.value, "people": [str(person_id)]}
    audit.record(db, caller, now, "roster.remove", project, after=after)
    db.flush()


def fill(db: Session, *, project: Project, now: datetime) -> int:
    """Give free places to who waits, in order; says to how many. project: locked. Once it is over nobody moves up."""
    if project.status in OVER:
        return 0
    room = _room(db, project)
    wanted = select(WaitingEntry.person_id).where(WaitingEntry.project_id == project.id).order_by(WaitingEntry.id)
    first = list(db.scalars(wanted if room is None else wanted.limit(room)))
    return len(place(db, project=project, people=first, role=RosterRole.LEARNER, now=now).added) if first else 0


def list_expected(
    db: Session, *, project: OrganizedProject, role: RosterRole | None, after: uuid.UUID | None, limit: int
) -> list[Expected]:
    """Return who is expected, in the order in which they came onto the roster, from the entry after `after` on."""
    entry = RosterEntry
    wanted = _expected(entry.id, entry.role, entry.added_at).join(entry, entry.person_id == Person.id)
    wanted = wanted.where(entry.project_id == project.id)
    if role is not None:
        wanted = wanted.where(entry.role == role)
    if after is not None:
        wanted = wanted.where(entry.id > after)
    return [Expected(*row) for row in db.execute(wanted.order_by(entry.id).limit(limit))]


def list_waiting(db: Session, *, project: OrganizedProject, after: uuid.UUID | None, limit: int) -> list[Expected]:
    """Return who waits for a place, the first one first, from the entry after `after` on."""
    entry = WaitingEntry
    wanted = _expected(entry.id, literal(RosterRole.LEARNER), entry.added_at).join(entry, entry.person_id == Person.id)
    wanted = wanted.where(entry.project_id == project.id)
    if after is not None:
        wanted = wanted.where(entry.id > after)
    return [Expected(*row) for row in db.execute(wanted.order_by(entry.id).limit(limit))]


def _expected(ident: Any, role: Any, added_at: Any) -> Any:
    people = (Person.id, Person.name, Person.cme_number, Unit.name)
    return select(ident, *people, role, added_at).select_from(Person).join(Unit, Unit.id == Person.unit_id)


def has_check_ins(db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the people who have checked in, or tried to and wait for a look, anywhere in the project."""
    wanted = (
        select(CheckIn.person_id)
        .join(VenueSession, VenueSession.id == CheckIn.session_id)
        .where(VenueSession.project_id == project_id, CheckIn.person_id.in_(people))
    )
    return set(db.scalars(wanted))


def set_capacity(db: Session, *, project: Project, capacity: int | None, caller: Caller, now: datetime) -> None:
    """Set how many learners a project has room for, None for any number; who waits moves up where there is room now.

    A number below those who are on the roster takes nobody off it. project: one that the caller may edit.
    """
    before, project.capacity = project.capacity, capacity
    fill(db, project=project, now=now)
    if before != capacity:
        after = {"capacity": capacity}
        audit.record(db, caller, now, "project.capacity", project, before={"capacity": before}, after=after)
    db.flush()


def _of(project_id: uuid.UUID, people: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    return RosterEntry.project_id == project_id, RosterEntry.person_id.in_(people)


def _room(db: Session, project: Project) -> int | None:
    if project.capacity is None:
        return None
    learners = RosterEntry.project_id == project.id, RosterEntry.role == RosterRole.LEARNER
    return max(0, project.capacity - (db.scalar(select(func.count()).where(*learners)) or 0))


def _stop_waiting(db: Session, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> int:
    gone = delete(WaitingEntry).where(WaitingEntry.project_id == project_id, WaitingEntry.person_id.in_(people))
    return len(db.execute(gone.returning(WaitingEntry.id)).all())
