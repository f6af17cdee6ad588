"""The names behind the ids of people and units: who somebody is, beside the id that another row holds.

Whoever may see the id may see these names. Check the access to the row that holds the id before.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Person, Unit


@dataclass(frozen=True)
class UnitName:
    """A unit by its name."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class PersonName:
    """A person by name, 继教编号 and unit."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: UnitName


def name_units(db: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, UnitName]:
    """Return the units by id, in one statement. Ids of no unit are left out."""
    if not ids:
        return {}
    return {
        row.id: UnitName(row.id, row.name) for row in db.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    }


def name_people(db: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PersonName]:
    """Return the people by id, in one statement. Ids of nobody are left out."""
    if not ids:
        return {}
    wanted = select(Person.id, Person.name, Person.cme_number, Unit.id, Unit.name).join(Unit, Unit.id == Person.unit_id)
    return {
        person_id: PersonName(person_id, name, number, UnitName(unit_id, unit))
        for person_id, name, number, unit_id, unit in db.execute(wanted.where(Person.id.in_(ids)))
    }
