"""Which unit an organizer acts for: the one named, or the only one they have."""

import uuid

from sqlalchemy.orm import Session

from attendance.errors import UnitNeeded
from attendance.projects.access import ORGANIZERS
from foundation.callers import Caller, require
from foundation.errors import NotFound
from models.people import Unit


def get_own_unit(db: Session, unit_id: uuid.UUID | None, caller: Caller) -> Unit:
    """Return the unit named, or the only one that the caller organizes for. Raises UnitNeeded, NotFound, Forbidden."""
    if unit_id is None:
        own = {grant.unit_id for grant in caller.grants if grant.role in ORGANIZERS}
        if len(own) != 1:
            raise UnitNeeded(field="unit_id")
        unit_id = own.pop()
    unit = db.get(Unit, unit_id)
    if unit is None:
        raise NotFound(field="unit_id")
    require(caller, ORGANIZERS, unit.path)
    return unit


def units_within_sight(caller: Caller) -> set[uuid.UUID]:
    """Return the caller's units as organizer and all above them: whose templates and questions they may use."""
    return {uuid.UUID(hex=each) for path in caller.scopes(ORGANIZERS) for each in path.split("/") if each}
