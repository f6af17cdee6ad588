"""The final reviewing unit (最终审核单位) of a project: an authority above the unit that holds it."""

import uuid

from sqlalchemy.orm import Session

from attendance.errors import ReviewingUnitInvalid
from models.people import Unit, UnitKind

_AUTHORITIES = (UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY)


def choose_reviewing_unit(db: Session, *, unit: Unit, wanted: uuid.UUID | None) -> Unit:
    """Return the unit asked for, or the province of `unit`.

    Raises ReviewingUnitInvalid unless it is an authority above it.

    Nobody files a project where they please: a unit elsewhere knows nothing of it.
    """
    found = db.get(Unit, wanted or uuid.UUID(hex=unit.path.split("/", 1)[0]))
    if found is None or not unit.path.startswith(found.path):
        raise ReviewingUnitInvalid(field="reviewing_unit_id")
    if wanted is not None and found.kind not in _AUTHORITIES:
        raise ReviewingUnitInvalid(field="reviewing_unit_id")
    return found
