"""Taking a project from one status to another. Each step is checked against the state machine, stored and audited."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.same_human import is_same_human
from attendance.errors import ProjectIncomplete, ReasonNeeded
from attendance.projects.access import ProjectAccess, ReadableProject, reach_project
from attendance.projects.application_rows import let_lapse
from attendance.projects.audience import tell_project
from attendance.projects.closed import no_such_step
from attendance.projects.last_days import close_sessions, require_nothing_to_come
from attendance.projects.states import Actor, Step, find_step
from credit.rules.rule_book import require_category
from foundation import audit
from foundation.callers import Caller
from foundation.errors import Forbidden, SecondAdminNeeded
from foundation.inbox import News
from foundation.processes import ProcessTable
from models.notices import NoticeTopic
from models.projects import Project, ProjectStatus, ProjectStep

_DECIDED = (ProjectStatus.APPROVED, ProjectStatus.RETURNED)
CANCELLATION = "project.cancellation"
"""The name of this process in the table of processes."""


def take_step(
    db: Session,
    processes: ProcessTable,
    *,
    project_id: uuid.UUID,
    to: ProjectStatus,
    reason: str | None,
    caller: Caller,
    now: datetime,
) -> ProjectAccess:
    """Take a project to the status `to`, for its organizer or its reviewing unit.

    Raises NotFound; Forbidden where only other actors may take this step; TransitionNotAllowed where there is no such
    step or only settlement takes it; ReasonNeeded; ProjectIncomplete, UnknownCategory when it is filed;
    SecondAdminNeeded where the person who filed it decides on it; SessionsToCome where it can't end yet; ImportUnderWay
    where it is cancelled during an import.
    """
    access = reach_project(db, project_id=project_id, caller=caller, is_locked=True)
    project = access.project
    step = _step(project, to)
    if step.by == {Actor.SETTLEMENT}:
        raise no_such_step(project, field="to")
    if not step.by & access.actors:
        raise Forbidden
    if to in _DECIDED:
        filed_by = _last_filed_by(db, project)
        if filed_by is not None and is_same_human(db, filed_by, caller.person_id):
            raise SecondAdminNeeded
    if to is ProjectStatus.CANCELLED:
        processes.require_free(db, step=CANCELLATION, project_id=project_id)
    _take(db, project, step, reason, caller.person_id, now)
    return access


def take_settlement_step(
    db: Session, *, project_id: uuid.UUID, to: ProjectStatus, reason: str | None, actor_id: uuid.UUID | None,
    now: datetime,
) -> Project:  # fmt: skip
    """Take a step of settlement, whose access the caller of this function has checked. actor_id: None for the system.

    Raises TransitionNotAllowed, ReasonNeeded.
    """
    project = db.scalars(
        select(Project).where(Project.id == project_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    step = _step(project, to)
    if Actor.SETTLEMENT not in step.by:
        raise no_such_step(project)
    _take(db, project, step, reason, actor_id, now)
    return project


def list_steps(db: Session, *, project: ReadableProject) -> list[ProjectStep]:
    """Return the steps of a project so far, in order."""
    wanted = select(ProjectStep).where(ProjectStep.project_id == project.id).order_by(ProjectStep.id)
    return list(db.scalars(wanted))


def _step(project: Project, to: ProjectStatus) -> Step:
    step = find_step(project.status, to)
    if step is None:
        raise no_such_step(project, field="to")
    return step


def _take(
    db: Session, project: Project, step: Step, reason: str | None, actor_id: uuid.UUID | None, now: datetime
) -> None:
    if step.needs_reason and not reason:
        raise ReasonNeeded(field="reason")
    if step.target is ProjectStatus.FILED:
        missing = [name for name in ("credits", "hours") if not getattr(project, name)]
        if missing:
            raise ProjectIncomplete(fields=missing, facts={"missing": missing})
    if step.target is ProjectStatus.FILED:
        require_category(db, project.category, project.ends_on)
    is_cancelled = step.target is ProjectStatus.CANCELLED
    if step.source is ProjectStatus.RUNNING and not is_cancelled:
        require_nothing_to_come(db, project, now)
    is_over = step.source is ProjectStatus.RUNNING or is_cancelled  # a list that comes back from review closes nothing
    if is_over:
        close_sessions(db, project, now)
    project.status = step.target
    project.revision += 1
    db.add(
        ProjectStep(
            project_id=project.id,
            source=step.source,
            target=step.target,
            reason=reason,
            taken_by=actor_id,
            taken_at=now,
        )
    )
    before = {"status": step.source.value}
    after = {"status": step.target.value}
    audit.record(db, actor_id, now, "project.step", project, reason=reason, before=before, after=after)
    db.flush()
    if is_cancelled:
        tell_project(db, project, News(NoticeTopic.PROJECT_CANCELLED, now, project.id, facts={"reason": reason}))
    if is_over:
        let_lapse(db, project, now)


def _last_filed_by(db: Session, project: Project) -> uuid.UUID | None:
    return db.scalar(
        select(ProjectStep.taken_by)
        .where(ProjectStep.project_id == project.id)
        .where(ProjectStep.target.in_((ProjectStatus.FILED, ProjectStatus.CHANGED)))
        .order_by(ProjectStep.id.desc())
        .limit(1)
    )
