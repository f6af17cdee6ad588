"""Rosters (学员名单): the people expected at a project, and the waiting list of a full project."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from attendance.errors import HasAttended, ReasonNeeded
from attendance.projects.application_rows import follow_roster
from attendance.projects.staff import refuse_own
from attendance.projects.states import OVER
from attendance.roster.errors import ProjectFull
from attendance.roster.removals import lift_removals, note_removal
from attendance.roster.strangers import find_unnamed
from attendance.roster.took_part import who_took_part
from attendance.sessions import places
from attendance.sessions.held import has_more_to_come
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.inbox import News
from models.base import new_id
from models.notices import NoticeTopic
from models.people import Person
from models.projects import Project, RosterEntry, RosterOrigin, RosterRole, WaitingEntry


@dataclass(frozen=True)
class RosterChange:
    """How many people were added, were on the roster before, or wait. unknown: numbers of nobody, and of strangers."""

    added: int
    already: int
    waiting: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class AskedPeople:
    """People to add. names: by number, which strangers need."""

    cme_numbers: Sequence[str]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NewEntries:
    """The new entries of the roster and of the waiting list: entry ids by person id."""

    added: dict[uuid.UUID, uuid.UUID]
    waiting: dict[uuid.UUID, uuid.UUID]


def add_people(
    db: Session, *, project: Project, asked: AskedPeople, role: RosterRole, caller: Caller, now: datetime
) -> RosterChange:
    """Add people to the roster, by their 继教编号; people on the roster stay as they are.

    A stranger is added if the caller names them rightly; otherwise their number is as unknown as one of nobody.
    project: locked, so that changes of this roster at the same time wait for each other and all count right. Raises
    OwnAttendance if the caller is one of them.
    """
    wanted = list(dict.fromkeys(asked.cme_numbers))
    on_file = db.execute(select(Person.cme_number, Person.id).where(Person.cme_number.in_(wanted)))
    on_file_ids = {number: person_id for number, person_id in on_file if number is not None}
    unnamed = find_unnamed(db, project=project, people=on_file_ids, names=asked.names, actor_id=caller.person_id)
    found = {number: person_id for number, person_id in on_file_ids.items() if number not in unnamed}
    people = [found[number] for number in wanted if number in found]
    refuse_own(caller, people)
    new = add_or_queue(db, project=project, people=people, role=role, actor_id=caller.person_id, now=now)
    unknown = tuple(number for number in wanted if number not in found)
    if new.added or new.waiting or unknown:
        people_ids = [str(each) for each in sorted({*new.added, *new.waiting})]
        after = {"role": role.value, "people": people_ids, "unknown": len(unknown)}
        audit.record(db, caller, now, "roster.add", project, after=after)
    db.flush()
    already = len(found) - len(new.added) - len(new.waiting)
    return RosterChange(added=len(new.added), already=already, waiting=len(new.waiting), unknown=unknown)


def add_or_queue(
    db: Session,
    *,
    project: Project,
    people: Collection[uuid.UUID],
    role: RosterRole,
    origin: RosterOrigin = RosterOrigin.STAFF,
    actor_id: uuid.UUID | None = None,
    now: datetime,
) -> NewEntries:
    """Add people to the roster in their order while it has room; the others wait. project: locked.

    Their applications follow. origin: how they got there; who waited keeps the origin of then. actor_id: who adds them,
    None for a job.
    """
    expected = select(RosterEntry.person_id).where(RosterEntry.project_id == project.id, RosterEntry.role == role)
    already = set(db.scalars(expected.where(RosterEntry.person_id.in_(people))))
    new_people = [each for each in dict.fromkeys(people) if each not in already]
    room = find_room(db, project) if role is RosterRole.LEARNER else None
    added = new_people if room is None else new_people[:room]
    waiting = [] if room is None else new_people[room:]
    if waiting:
        queued = select(WaitingEntry.person_id).where(WaitingEntry.project_id == project.id)
        waiting_before = set(db.scalars(queued.where(WaitingEntry.person_id.in_(waiting))))
        waiting = [each for each in waiting if each not in waiting_before]
    waited = _stop_waiting(db, project.id, added) if role is RosterRole.LEARNER and added else {}
    entries = {each: new_id() for each in added}
    db.add_all(
        RosterEntry(
            id=ident, project_id=project.id, person_id=each, role=role, origin=waited.get(each, origin), added_at=now
        )
        for each, ident in entries.items()
    )
    queue = {each: new_id() for each in waiting}
    db.add_all(
        WaitingEntry(id=ident, project_id=project.id, person_id=each, origin=origin, added_at=now)
        for each, ident in queue.items()
    )
    if role is RosterRole.LEARNER and (entries or queue):
        follow_roster(db, project=project, added=entries, queued=queue, actor_id=actor_id, now=now)
        lift_removals(db, project.id, [*entries, *queue], now)
    db.flush()
    return NewEntries(entries, queue)


def add_on_the_spot(
    db: Session, *, project: Project, person_id: uuid.UUID, actor_id: uuid.UUID, now: datetime
) -> uuid.UUID:
    """Add a learner who came without being expected, and return the entry. project: locked. Raises ProjectFull."""
    if find_room(db, project) == 0:
        raise ProjectFull(facts={"why": "full", "capacity": project.capacity})
    role, origin = RosterRole.LEARNER, RosterOrigin.ON_SITE
    new = add_or_queue(db, project=project, people=[person_id], role=role, origin=origin, actor_id=actor_id, now=now)
    return new.added[person_id]


def remove(
    db: Session,
    *,
    project: Project,
    person_id: uuid.UUID,
    role: RosterRole,
    reason: str | None,
    caller: Caller,
    now: datetime,
) -> None:
    """Remove a person from the roster or the waiting list; the first who waits gets the place. project: locked.

    A person who took part keeps at least one role: to correct a wrong role, add the right one first. A learner is told
    the reason. Raises NotFound, HasAttended; ReasonNeeded for somebody who applied or joined on site.
    """
    origin = take_off(db, project=project, person_id=person_id, role=role, now=now)
    if origin is not RosterOrigin.STAFF and not reason:
        raise ReasonNeeded(field="reason")
    if role is RosterRole.LEARNER:
        note_removal(db, project=project, person_id=person_id, reason=reason, caller=caller, now=now)
    fill_from_waiting_list(db, project=project, actor_id=caller.person_id, now=now)
    after = {"role": role.value, "people": [str(person_id)]}
    audit.record(db, caller, now, "roster.remove", project, reason=reason, after=after)
    db.flush()


def take_off(db: Session, *, project: Project, person_id: uuid.UUID, role: RosterRole, now: datetime) -> RosterOrigin:
    """Delete a person's entry of the roster or the waiting list, with their places; return how they got there.

    project: locked. The free place is not given on yet. Raises NotFound, HasAttended.
    """
    roles = set(db.scalars(select(RosterEntry.role).where(*_of(project.id, [person_id]))))
    if roles == {role} and who_took_part(db, project_id=project.id, people=[person_id]):
        raise HasAttended  # with a second role they would stay on the roster
    deletion = delete(RosterEntry).where(*_of(project.id, [person_id]), RosterEntry.role == role)
    origin = db.scalars(deletion.returning(RosterEntry.origin)).first()
    waited = _stop_waiting(db, project.id, [person_id]) if role is RosterRole.LEARNER else {}
    found = origin or waited.get(person_id)
    if found is None:
        raise NotFound
    if role is RosterRole.LEARNER:
        places.leave_project(db, project_id=project.id, people=[person_id], now=now)
    return found


def fill_from_waiting_list(db: Session, *, project: Project, actor_id: uuid.UUID | None, now: datetime) -> int:
    """Move people from the waiting list into free places, in order, and return how many. project: locked.

    actor_id: who made the places free; they go on waiting if they are on the list, and the next one moves. Nobody moves
    once the project is over, or once its last session is.
    """
    if project.status in OVER or not has_more_to_come(db, project, now):
        return 0
    room = find_room(db, project)
    wanted = select(WaitingEntry.person_id).where(WaitingEntry.project_id == project.id).order_by(WaitingEntry.id)
    if actor_id is not None:
        wanted = wanted.where(WaitingEntry.person_id != actor_id)
    first = list(db.scalars(wanted if room is None else wanted.limit(room)))
    if not first:
        return 0
    added = add_or_queue(db, project=project, people=first, role=RosterRole.LEARNER, now=now).added
    inbox.tell(db, list(added), News(NoticeTopic.PLACE_GIVEN, now, project.id))
    return len(added)


def set_capacity(db: Session, *, project: Project, capacity: int | None, caller: Caller, now: datetime) -> None:
    """Set how many learners the roster may have, None for any number; free places go to those who wait.

    A capacity below the present number removes nobody. project: one that the caller may edit.
    """
    before, project.capacity = project.capacity, capacity
    if before != capacity:
        project.revision += 1
    fill_from_waiting_list(db, project=project, actor_id=caller.person_id, now=now)
    if before != capacity:
        after = {"capacity": capacity}
        audit.record(db, caller, now, "project.capacity", project, before={"capacity": before}, after=after)
    db.flush()


def _of(project_id: uuid.UUID, people: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    return RosterEntry.project_id == project_id, RosterEntry.person_id.in_(people)


def find_room(db: Session, project: Project) -> int | None:
    """Return how many learners there still is room for; None for any number. project: locked."""
    if project.capacity is None:
        return None
    learners = RosterEntry.project_id == project.id, RosterEntry.role == RosterRole.LEARNER
    return max(0, project.capacity - (db.scalar(select(func.count()).where(*learners)) or 0))


def _stop_waiting(db: Session, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> dict[uuid.UUID, RosterOrigin]:
    """Delete people from the waiting list; return by person how they got onto it."""
    deletion = delete(WaitingEntry).where(WaitingEntry.project_id == project_id, WaitingEntry.person_id.in_(people))
    return {row[0]: row[1] for row in db.execute(deletion.returning(WaitingEntry.person_id, WaitingEntry.origin))}
