"""Limits statements about projects to those that a caller sees by their roles, for lists of projects."""

from typing import Any, TypeVar

from sqlalchemy import Select, and_, false, or_
from sqlalchemy.orm import aliased

from attendance.projects.access import ORGANIZERS, REVIEWERS, UNIT_ADMINS
from foundation.callers import Caller
from models.people import Unit
from models.projects import Project, ProjectStatus

_REVIEWING = aliased(Unit)
Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])


def within_reach(wanted: Wanted, caller: Caller) -> Wanted:
    """Limit a statement about Projects to those that `oversee` returns for the caller.

    The statement is joined with the project's Unit, so that it can also select the unit's columns.
    """
    organized = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    reviewed = (_REVIEWING.path.startswith(path) for path in caller.scopes(REVIEWERS))
    owned = (Unit.path.startswith(path) for path in caller.scopes(UNIT_ADMINS))
    filed = and_(Project.status != ProjectStatus.DRAFT, or_(false(), *owned))
    return (
        wanted.join(Unit, Unit.id == Project.unit_id)
        .join(_REVIEWING, _REVIEWING.id == Project.reviewing_unit_id)
        .where(or_(filed, *organized, *reviewed))
    )


def within_sight(wanted: Wanted, caller: Caller) -> Wanted:
    """Limit a statement about Projects to those whose people `oversee_project` lets the caller see."""
    organized = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    return within_reach(wanted, caller).where(or_(Project.status != ProjectStatus.DRAFT, *organized))
