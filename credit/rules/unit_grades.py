"""The grade of a unit (单位等级): some standards are only for provincial units and tertiary hospitals."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import NotFound
from models.people import Person, Role, Unit, UnitGrade

GRADERS = (Role.AUTHORITY, Role.SYSTEM_ADMIN)
"""Who says it: never the unit itself, which would choose its own standard."""


def grades_of(db: Session, *, person_id: uuid.UUID) -> frozenset[UnitGrade]:
    """Return the grades of a person's unit and of those above it. Two statements."""
    path = db.scalars(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)).one()
    above = [uuid.UUID(hex=part) for part in path.split("/") if part]
    return frozenset(db.scalars(select(Unit.grade).where(Unit.id.in_(above), Unit.grade.is_not(None))))


def set_grade(
    db: Session, *, unit_id: uuid.UUID, grade: UnitGrade | None, reason: str, caller: Caller, now: datetime
) -> Unit:
    """Set the grade of a unit; None removes it. A role over the unit itself does not do: it must reach the one above.

    Raises NotFound for a unit outside the caller's reach; Forbidden for the caller's own.
    """
    unit = db.get(Unit, unit_id, with_for_update=True)
    if unit is None or not caller.may(GRADERS, unit.path):
        raise NotFound
    above = unit.path.removesuffix(f"{unit.id.hex}/")
    if above:  # the province has none above
        require(caller, GRADERS, above)
    before, unit.grade = unit.grade, grade
    audit.record(db, caller, now, "unit.grade", unit, reason=reason, before={"grade": before}, after={"grade": grade})
    db.flush()
    return unit
