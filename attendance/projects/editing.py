"""Editing the facts of a project: before it is filed, after it is returned, and in a change (变更)."""

import uuid
import zoneinfo
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid, ProjectNotEditable, ProjectNumberTaken
from attendance.projects.access import get_open_project
from attendance.projects.disciplines import discipline_name
from attendance.projects.numbers import level_of
from attendance.projects.projects import NewProject, conditions_of, next_edition, set_conditions
from attendance.projects.states import EDITABLE
from attendance.projects.units import choose_reviewing_unit
from credit.rules.rule_book import require_category
from foundation import audit
from foundation.callers import Caller
from models.people import Unit
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

_FACTS = (
    "name", "number", "edition", "level", "category", "delivery_mode", "discipline", "starts_on", "ends_on", "credits",
    "hours", "reviewing_unit_id",
)  # fmt: skip
_FIXED_IN_CHANGE = ("name", "number", "category")
"""Facts that a change (变更) can't edit: another title or number means another project (W)."""


def edit_project(db: Session, *, project_id: uuid.UUID, wanted: NewProject, caller: Caller, now: datetime) -> Project:
    """Change the facts of a project and return it. Facts that are left out get the defaults of a new project.

    The capacity is not changed here: it belongs to the roster.
    Raises NotFound, Forbidden, ProjectClosed; ProjectNotEditable with the field that can't change; PeriodInvalid,
    UnknownCategory, ReviewingUnitInvalid, ProjectNumberTaken.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    new = _facts(db, project, wanted)
    before = {name: getattr(project, name) for name in new}
    changed = [name for name in _FACTS if new[name] != before[name]]
    if wanted.conditions != conditions_of(project):
        changed.append("conditions")
    _check_editable(project, wanted, changed)
    if wanted.ends_on < wanted.starts_on:
        raise PeriodInvalid(field="ends_on")
    if project.status is not ProjectStatus.CHANGED and {"category", "ends_on"} & set(changed):
        require_category(db, wanted.category, wanted.ends_on)
    _check_sessions(db, project, wanted)
    for name in changed:
        if name == "conditions":
            set_conditions(project, wanted.conditions)
        else:
            setattr(project, name, new[name])
    try:
        db.flush()
    except IntegrityError:
        raise ProjectNumberTaken(field="number") from None
    audited = {name: (str(before.get(name)), str(new.get(name))) for name in changed if name != "conditions"}
    before = {name: old for name, (old, _) in audited.items()}
    after = {"changed": changed, **{name: new for name, (_, new) in audited.items()}}
    audit.record(db, caller, now, "project.edit", project, before=before, after=after)
    db.flush()
    return project


def _facts(db: Session, project: Project, wanted: NewProject) -> dict[str, Any]:
    unit = db.get_one(Unit, project.unit_id)
    reviewing = project.reviewing_unit_id
    if wanted.reviewing_unit_id is not None:
        reviewing = choose_reviewing_unit(db, unit=unit, wanted=wanted.reviewing_unit_id).id
    facts = {name: getattr(wanted, name) for name in _FACTS}
    facts["reviewing_unit_id"] = reviewing
    facts["level"] = wanted.level or level_of(wanted.category)
    facts["discipline"] = discipline_name(wanted.discipline) if wanted.discipline else None
    if wanted.edition is None:
        facts["edition"] = project.edition if wanted.number == project.number else next_edition(db, wanted.number)
    return facts


def _check_editable(project: Project, wanted: NewProject, changed: list[str]) -> None:
    if wanted.unit_id not in (None, project.unit_id):
        raise ProjectNotEditable(field="unit_id")
    if changed and project.status not in EDITABLE:
        raise ProjectNotEditable(field=changed[0])
    fixed = [name for name in changed if name in _FIXED_IN_CHANGE]
    if fixed and project.status is ProjectStatus.CHANGED:
        raise ProjectNotEditable(field=fixed[0])


def _check_sessions(db: Session, project: Project, wanted: NewProject) -> None:
    """Raise PeriodInvalid where a session lies outside the new dates."""
    for session in db.scalars(select(VenueSession).where(VenueSession.project_id == project.id)):
        day = session.starts_at.astimezone(zoneinfo.ZoneInfo(session.zone)).date()
        if not wanted.starts_on <= day <= wanted.ends_on:
            raise PeriodInvalid(field="starts_on")
