"""Editing the facts of a project: before it is filed, after it is returned, and in a change (变更).

One fact can change later: the last day of an approved project can come forward, with a reason.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid, ProjectNotEditable, ProjectNumberTaken, SessionTooLong
from attendance.projects.access import get_open_project
from attendance.projects.disciplines import discipline_name
from attendance.projects.last_days import BEFORE_CONFIRMATION, bring_forward
from attendance.projects.numbers import level_of
from attendance.projects.planned_sessions import NOT_CANCELLED
from attendance.projects.projects import NewProject, conditions_of, next_edition, set_conditions
from attendance.projects.revisions import check_revision
from attendance.projects.states import EDITABLE
from attendance.projects.units import choose_reviewing_unit
from attendance.sessions.lengths import Need, find_need
from credit.rules.rule_book import require_category
from foundation import audit
from foundation.callers import Caller
from foundation.clock import local_day
from models.people import Unit
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

_FACTS = (
    "name", "number", "edition", "level", "category", "delivery_mode", "discipline", "starts_on", "ends_on", "credits",
    "hours", "reviewing_unit_id",
)  # fmt: skip
_FIXED_IN_CHANGE = ("name", "number", "category")
"""Facts that a change (变更) can't edit: another title or number means another project (W)."""


@dataclass(frozen=True)
class ProjectEdit:
    """An edit of a project. change: returns the new facts for the present ones.

    reason: needed to bring the last day of an approved project forward. revisions: those that the caller has seen, None
    for any.
    """

    change: Callable[[NewProject], NewProject]
    reason: str | None = None
    revisions: Collection[str] | None = None


def edit_project(db: Session, *, project_id: uuid.UUID, edit: ProjectEdit, caller: Caller, now: datetime) -> Project:
    """Change the facts of a project and return it.

    Capacity and applications are not changed here: they belong to the roster.
    Raises NotFound, Forbidden, ProjectClosed, EditedMeanwhile; ProjectNotEditable with the field that can't change;
    PeriodInvalid, ReasonNeeded, LastDayInvalid, SessionTooLong, UnknownCategory, ReviewingUnitInvalid,
    ProjectNumberTaken.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    check_revision(project.revision, edit.revisions)
    wanted = edit.change(facts_of(project))
    new = _facts(db, project, wanted)
    before = {name: getattr(project, name) for name in new}
    changed = [name for name in _FACTS if new[name] != before[name]]
    if wanted.conditions != conditions_of(project):
        changed.append("conditions")
    if changed == ["ends_on"] and project.status in BEFORE_CONFIRMATION:
        day = wanted.ends_on
        return bring_forward(db, project_id=project_id, ends_on=day, reason=edit.reason, caller=caller, now=now)
    _check_editable(project, wanted, changed)
    if not changed:
        return project
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
    project.revision += 1
    try:
        db.flush()
    except IntegrityError:
        raise ProjectNumberTaken(field="number") from None
    audited = {name: (str(before.get(name)), str(new.get(name))) for name in changed if name != "conditions"}
    before = {name: old for name, (old, _) in audited.items()}
    after = {"changed": changed, **{name: new for name, (_, new) in audited.items()}}
    audit.record(db, caller, now, "project.edit", project, reason=edit.reason, before=before, after=after)
    db.flush()
    return project


def facts_of(project: Project) -> NewProject:
    """Return the present facts of a project."""
    names = (*_FACTS, "unit_id", "capacity", "applications", "is_open", "open_to", "copied_from")
    return NewProject(conditions=conditions_of(project), **{name: getattr(project, name) for name in names})


def _facts(db: Session, project: Project, wanted: NewProject) -> dict[str, Any]:
    facts = {name: getattr(wanted, name) for name in _FACTS}
    if wanted.reviewing_unit_id != project.reviewing_unit_id:
        unit = db.get_one(Unit, project.unit_id)
        facts["reviewing_unit_id"] = choose_reviewing_unit(db, unit=unit, wanted=wanted.reviewing_unit_id).id
    facts["level"] = wanted.level or level_of(wanted.category)
    facts["discipline"] = discipline_name(wanted.discipline) if wanted.discipline else None
    if wanted.edition is None:
        facts["edition"] = project.edition if wanted.number == project.number else next_edition(db, wanted.number)
    return facts


def _check_editable(project: Project, wanted: NewProject, changed: list[str]) -> None:
    if wanted.unit_id != project.unit_id:
        raise ProjectNotEditable(field="unit_id", facts={"why": "fixed"})
    if changed and project.status not in EDITABLE:
        facts = {"why": "approved", "project_status": project.status.value}
        raise ProjectNotEditable(field=changed[0], facts=facts)
    fixed = [name for name in changed if name in _FIXED_IN_CHANGE]
    if fixed and project.status is ProjectStatus.CHANGED:
        raise ProjectNotEditable(field=fixed[0], facts={"why": "fixed"})


def _check_sessions(db: Session, project: Project, wanted: NewProject) -> None:
    """Check that the sessions fit the new facts. Raises PeriodInvalid, SessionTooLong.

    No session lies outside the dates, and none counts that is too long without check-out.
    """
    dates = (wanted.starts_on, wanted.ends_on)
    is_moved = dates != (project.starts_on, project.ends_on)
    loses_check_out = project.needs_check_out and not wanted.conditions.check_out
    planned = select(VenueSession).where(VenueSession.project_id == project.id, NOT_CANCELLED)
    for session in db.scalars(planned):
        day = local_day(session.starts_at, session.zone)
        if is_moved and not dates[0] <= day <= dates[1]:
            raise PeriodInvalid(field="starts_on", facts={"session": str(session.id)})
        need = find_need(session.starts_at, session.ends_at, session.zone)
        if loses_check_out and session.counts and need is Need.CHECK_OUT:
            raise SessionTooLong(field="conditions.check_out", facts={"session": str(session.id), "needs": need.value})
