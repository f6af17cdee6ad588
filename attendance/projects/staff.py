"""Staff of a project: who organizes it for its unit, or was assigned to it. Nobody decides on their own attendance."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from attendance.errors import OwnAttendance
from attendance.projects.access import ORGANIZERS
from foundation.callers import Caller
from models.people import RoleGrant, Unit
from models.project_staff import ProjectStaff
from models.projects import Project

_PROJECT, _ITS_UNIT, _STAFF_UNIT = aliased(Project), aliased(Unit), aliased(Unit)


def refuse_own(caller: Caller, people: Collection[uuid.UUID | None]) -> None:
    """Raise OwnAttendance if the caller is one of the people whose attendance they are about to change."""
    if caller.person_id in people:
        raise OwnAttendance


def is_staff(
    person_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID], project_id: uuid.UUID
) -> ColumnElement[bool]:
    """Return the SQL condition that a person is staff of a project: organizes it, or is or was assigned to it (O-39).

    An assignment that is over still counts: others' attendance was in that person's hands.
    """
    assigned = exists().where(ProjectStaff.project_id == project_id, ProjectStaff.person_id == person_id)
    return or_(organizes(person_id, project_id), assigned)


def organizes(
    person_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID], project_id: uuid.UUID
) -> ColumnElement[bool]:
    """Return the SQL condition that a person organizes a project: by their roles of today."""
    return exists(
        select(RoleGrant.id)
        .join(_STAFF_UNIT, _STAFF_UNIT.id == RoleGrant.unit_id)
        .join(_PROJECT, _PROJECT.id == project_id)
        .join(_ITS_UNIT, _ITS_UNIT.id == _PROJECT.unit_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.role.in_(ORGANIZERS))
        .where(_ITS_UNIT.path.startswith(_STAFF_UNIT.path))
    )
