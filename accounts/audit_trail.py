"""Reads the audit trail: auditors what their units did and what was done to their people, and everybody their own.

Nobody else reads it. Each page that an auditor reads is an entry itself.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session

from foundation import audit
from foundation.callers import Caller
from foundation.clock import HOME, end_at_home
from foundation.listing import Order
from models.edge import AuditEntry, AuditPerson
from models.people import Person, Role, Unit

READERS = (Role.AUDITOR,)
MOST_PEOPLE = 20
"""How many people of an entry are shown. An entry about a whole list has the others in its `after`."""
_ORDER = Order((AuditEntry.at, AuditEntry.id), is_descending=True)


@dataclass(frozen=True)
class Sought:
    """Which entries. subject: a person or another thing; kind: an action, or the part before its dot; None for all.

    first, last: days in the province, both included.
    """

    subject: uuid.UUID | None = None
    actor: uuid.UUID | None = None
    kind: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class _ListedEntry:
    """An entry in a list, with the time and the id that the list goes by."""

    entry: AuditEntry

    @property
    def at(self) -> datetime:
        """The time of the entry."""
        return self.entry.at

    @property
    def id(self) -> uuid.UUID:
        """The id of the entry."""
        return self.entry.id


@dataclass(frozen=True)
class TrailEntry(_ListedEntry):
    """An entry of the trail. people: some of those whom it is about; how_many: all of them."""

    people: tuple[uuid.UUID, ...]
    how_many: int


@dataclass(frozen=True)
class OwnEntry(_ListedEntry):
    """An entry about the reader. actor_unit: the unit of the person who did it, None for the system."""

    actor_name: str | None
    actor_unit: uuid.UUID | None


def read(
    db: Session, *, caller: Caller, sought: Sought, after: Sequence[Any] | None, limit: int
) -> Sequence[TrailEntry]:
    """Return entries of the trail within an auditor's reach, newest first.

    An entry is within reach if the person who acted, or one whom it is about, belongs to a unit of the auditor's. Those
    of the system about nobody are the province's auditors' alone.
    """
    wanted = select(AuditEntry).where(*_conditions(sought))
    paths = caller.scopes(READERS)
    if not any(path.count("/") == 1 for path in paths):
        wanted = wanted.where(_within(paths))
    entries = db.scalars(_ORDER.page(wanted, after=after, limit=limit)).all()
    people = _people_of(db, [each.id for each in entries])
    return [TrailEntry(each, *people.get(each.id, ((), 0))) for each in entries]


def note_reading(db: Session, *, caller: Caller, sought: Sought, now: datetime) -> None:
    """Write to the trail that an auditor read a page of it, and what was looked for."""
    asked = {
        "subject": sought.subject, "actor": sought.actor, "kind": sought.kind, "from": sought.first, "to": sought.last,
    }  # fmt: skip
    told = {name: str(value) for name, value in asked.items() if value is not None}
    about = sought.subject or sought.actor
    is_person = about is not None and db.get(Person, about) is not None
    subject = ("person", about) if is_person and about is not None else ("person", caller.person_id)
    audit.record(db, caller, now, "audit.read", subject, after=told)


def read_own(db: Session, *, person_id: uuid.UUID, after: Sequence[Any] | None, limit: int) -> Sequence[OwnEntry]:
    """Return what was done to a person and who looked at their data, newest first; not what they did themselves."""
    wanted = (
        select(AuditEntry, Person.name, Person.unit_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.id.in_(_about(person_id)), AuditEntry.actor_id.is_distinct_from(person_id))
    )
    return [OwnEntry(*row) for row in db.execute(_ORDER.page(wanted, after=after, limit=limit))]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.subject is not None:
        found.append(AuditEntry.id.in_(_about(sought.subject)))
    if sought.actor is not None:
        found.append(AuditEntry.actor_id == sought.actor)
    if sought.kind is not None:
        is_whole = "." in sought.kind
        found.append(AuditEntry.action == sought.kind if is_whole else AuditEntry.action.startswith(f"{sought.kind}."))
    if sought.first is not None:
        found.append(AuditEntry.at >= datetime.combine(sought.first, time(), HOME))
    if sought.last is not None:
        found.append(AuditEntry.at < end_at_home(sought.last))
    return found


def _about(subject: uuid.UUID) -> Any:
    """Return the statement for the ids of entries about a thing. Entries of earlier versions have only a subject."""
    people = select(AuditPerson.entry_id).where(AuditPerson.person_id == subject)
    return union(people, select(AuditEntry.id).where(AuditEntry.subject_id == subject))


def _within(paths: Collection[str]) -> ColumnElement[bool]:
    reached = select(Person.id).join(Unit, Unit.id == Person.unit_id)
    reached = reached.where(or_(*(Unit.path.startswith(path) for path in paths)))
    about: Select[uuid.UUID] = select(AuditPerson.person_id).where(
        AuditPerson.entry_id == AuditEntry.id, AuditPerson.person_id.in_(reached)
    )
    return or_(AuditEntry.actor_id.in_(reached), about.exists())


def _people_of(db: Session, entries: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[tuple[uuid.UUID, ...], int]]:
    """Return the first people of each entry, and how many there are."""
    if not entries:
        return {}
    of_entry = AuditPerson.entry_id
    numbered = select(
        of_entry,
        AuditPerson.person_id,
        func.row_number().over(partition_by=of_entry, order_by=AuditPerson.person_id).label("place"),
        func.count().over(partition_by=of_entry).label("all"),
    )
    some = numbered.where(of_entry.in_(entries)).subquery()
    found: dict[uuid.UUID, tuple[tuple[uuid.UUID, ...], int]] = {}
    rows = select(some.c.entry_id, some.c.person_id, some.c.all).where(some.c.place <= MOST_PEOPLE)
    for entry_id, person_id, how_many in db.execute(rows.order_by(some.c.entry_id, some.c.place)):
        found[entry_id] = ((*found.get(entry_id, ((), 0))[0], person_id), how_many)
    return found
