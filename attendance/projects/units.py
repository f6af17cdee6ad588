"""Which unit holds a project, and which unit reviews it (最终审核单位)."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import ReviewingUnitInvalid, UnitNeeded
from attendance.projects.access import ORGANIZERS
from foundation.callers import Caller, require
from foundation.errors import NotFound
from models.people import Unit, UnitKind

_AUTHORITIES = (UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY)


def get_own_unit(db: Session, unit_id: uuid.UUID | None, caller: Caller) -> Unit:
    """Return the named unit, or the only unit that the caller organizes for. Raises UnitNeeded, NotFound, Forbidden."""
    if unit_id is None:
        own = {grant.unit_id for grant in caller.grants if grant.role in ORGANIZERS}
        if len(own) != 1:
            names = db.scalars(select(Unit.name).where(Unit.id.in_(own)).order_by(Unit.name)).all()
            raise UnitNeeded(field="unit_id", facts={"units": list(names)})
        unit_id = own.pop()
    unit = db.get(Unit, unit_id)
    if unit is None:
        raise NotFound(field="unit_id")
    require(caller, ORGANIZERS, unit.path)
    return unit


def visible_unit_ids(caller: Caller) -> set[uuid.UUID]:
    """Return the ids of the caller's units as organizer and of all units above them.

    The caller may use the evaluation templates and questions of these units.
    """
    return {uuid.UUID(hex=each) for path in caller.scopes(ORGANIZERS) for each in path.split("/") if each}


def choose_reviewing_unit(db: Session, *, unit: Unit, wanted: uuid.UUID | None) -> Unit:
    """Return the wanted reviewing unit, or by default the province of `unit`.

    Raises ReviewingUnitInvalid unless it is an authority above `unit`.
    """
    found = db.get(Unit, wanted or uuid.UUID(hex=unit.path.split("/", 1)[0]))
    if found is None or not unit.path.startswith(found.path):
        raise ReviewingUnitInvalid(field="reviewing_unit_id")
    if wanted is not None and found.kind not in _AUTHORITIES:
        raise ReviewingUnitInvalid(field="reviewing_unit_id")
    return found
