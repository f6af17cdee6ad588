"""Lists the people on a roster, all or by a part of their name or number, and those who wait for a place."""

import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.projects.access import ReadableProject
from attendance.projects.staff import is_staff
from foundation.listing import Count, Order, count_rows
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterOrigin, RosterRole, WaitingEntry


class RosterSort(enum.StrEnum):
    """The order of a roster; a minus for the other way round."""

    ADDED = "added"
    ADDED_DOWN = "-added"
    NAME = "name"
    NAME_DOWN = "-name"
    NUMBER = "cme_number"
    NUMBER_DOWN = "-cme_number"


@dataclass(frozen=True)
class RosterSought:
    """Which people of a roster, in which order. text: a part of the name or 继教编号; None for all.

    origin: those who got there in one way; None for all.
    """

    role: RosterRole | None = None
    text: str | None = None
    sort: RosterSort = RosterSort.ADDED
    origin: RosterOrigin | None = None


@dataclass(frozen=True)
class ListedPerson:
    """A person on the roster or on the waiting list. unit: the name of their unit; is_staff: of this project."""

    entry_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    origin: RosterOrigin
    added_at: datetime
    is_staff: bool


@dataclass(frozen=True)
class ExportedPerson:
    """A person of a roster, as a file has them. employer: as an import named it, of people from elsewhere."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    employer: str | None
    unit: str
    role: RosterRole


_BATCH = 1000
_ORDERS = {
    RosterSort.ADDED: Order((RosterEntry.id,)),
    RosterSort.ADDED_DOWN: Order((RosterEntry.id,), is_descending=True),
    RosterSort.NAME: Order((Person.name, RosterEntry.id)),
    RosterSort.NAME_DOWN: Order((Person.name, RosterEntry.id), is_descending=True),
    RosterSort.NUMBER: Order((func.coalesce(Person.cme_number, ""), RosterEntry.id)),
    RosterSort.NUMBER_DOWN: Order((func.coalesce(Person.cme_number, ""), RosterEntry.id), is_descending=True),
}


def list_expected(
    db: Session, *, project: ReadableProject, sought: RosterSought, after: Sequence[Any] | None, limit: int
) -> list[ListedPerson]:
    """Return the people on the roster, beginning after the keys `after`."""
    wanted = _ORDERS[sought.sort].page(_sought(project, sought), after=after, limit=limit)
    return [ListedPerson(*row) for row in db.execute(wanted)]


def count_expected(db: Session, *, project: ReadableProject, sought: RosterSought) -> Count:
    """Return how many people `list_expected` has."""
    return count_rows(db, _sought(project, sought).with_only_columns(RosterEntry.id))


def whole_roster(db: Session, *, project: ReadableProject) -> Iterator[ExportedPerson]:
    """Return all people on the roster in the order in which they were added. They are read in a stream."""
    facts = (Person.id, Person.cme_number, Person.name, Person.employer, Unit.name, RosterEntry.role)
    wanted = select(*facts).join(Unit, Unit.id == Person.unit_id).join(RosterEntry, RosterEntry.person_id == Person.id)
    wanted = wanted.where(RosterEntry.project_id == project.id).order_by(RosterEntry.id)
    return (ExportedPerson(*row) for row in db.execute(wanted.execution_options(yield_per=_BATCH)))


def _sought(project: Project, sought: RosterSought) -> Any:
    entry = RosterEntry
    wanted = _expected(project, entry.id, entry.role, entry.origin, entry.added_at)
    wanted = wanted.join(entry, entry.person_id == Person.id)
    wanted = wanted.where(entry.project_id == project.id, holds_name(sought.text))
    if sought.origin is not None:
        wanted = wanted.where(entry.origin == sought.origin)
    return wanted if sought.role is None else wanted.where(entry.role == sought.role)


def list_waiting(db: Session, *, project: ReadableProject, after: uuid.UUID | None, limit: int) -> list[ListedPerson]:
    """Return the waiting list in its order, beginning after the entry `after`."""
    entry = WaitingEntry
    wanted = _expected(project, entry.id, literal(RosterRole.LEARNER), entry.origin, entry.added_at)
    wanted = wanted.join(entry, entry.person_id == Person.id)
    wanted = wanted.where(entry.project_id == project.id)
    if after is not None:
        wanted = wanted.where(entry.id > after)
    return [ListedPerson(*row) for row in db.execute(wanted.order_by(entry.id).limit(limit))]


def _expected(project: Project, *entry: Any) -> Any:
    ident, *rest = entry
    people = (Person.id, Person.name, Person.cme_number, Unit.name)
    staff = is_staff(Person.id, project.id)
    return select(ident, *people, *rest, staff).select_from(Person).join(Unit, Unit.id == Person.unit_id)
