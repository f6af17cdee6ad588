"""The report of a project: due two weeks after its end (W). Whether it was handed in, and who is told that it is due.

The organizer takes it (`GET .../report.zip`) once the list is confirmed, hands it in outside of this service, and says
so here.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from attendance.errors import NotConfirmed
from attendance.projects.access import ORGANIZERS, OrganizedProject, ReadableProject
from attendance.projects.staff import organizes
from attendance.settlement.settlements import find_latest
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.inbox import News
from models.notices import NoticeTopic
from models.people import Person, RoleGrant
from models.projects import Project, ProjectStatus, ProjectStep
from models.settlements import ProjectReport

DUE_AFTER = timedelta(days=14)  # the national notice of 2017: two weeks after the end
_TOLD_BEFORE = timedelta(days=3)
_LATEST_TOLD = timedelta(days=30)  # nobody is told of what was due long before this version was there
_HELD = (
    ProjectStatus.ANNOUNCED,
    ProjectStatus.RUNNING,
    ProjectStatus.ENDED,
    ProjectStatus.IN_REVIEW,
    ProjectStatus.SETTLED,
)


@dataclass(frozen=True)
class ReportState:
    """Where the report of a project stands. is_ready: the list is confirmed, so that it can be made."""

    due_on: date
    is_ready: bool
    is_overdue: bool
    handed_in_at: datetime | None
    handed_in_by: uuid.UUID | None


def due_on(project: Project) -> date:
    """Return the last day on which the organizer may hand in the report."""
    return project.ends_on + DUE_AFTER


def read_state(db: Session, *, project: ReadableProject, now: datetime) -> ReportState:
    """Return where the report of a project stands."""
    row = db.get(ProjectReport, project.id)
    handed_in_at = row.handed_in_at if row else None
    return ReportState(
        due_on=due_on(project),
        is_ready=find_latest(db, project.id) is not None,
        is_overdue=handed_in_at is None and day_at_home(now) > due_on(project) and project.status in _HELD,
        handed_in_at=handed_in_at,
        handed_in_by=row.handed_in_by if row else None,
    )


def hand_in(db: Session, *, project: OrganizedProject, caller: Caller, now: datetime) -> ReportState:
    """Record that the report was handed in, and return its state. The first record stays. project: locked.

    Raises NotConfirmed where the list isn't confirmed, so that there is no report yet.
    """
    if find_latest(db, project.id) is None:
        raise NotConfirmed
    row = _row(db, project.id)
    if row.handed_in_at is None:
        row.handed_in_at, row.handed_in_by = now, caller.person_id
        audit.record(db, caller, now, "report.hand_in", project, after={"due_on": due_on(project).isoformat()})
        db.flush()
    return read_state(db, project=project, now=now)


def find_untold(db: Session, *, now: datetime, limit: int = 100) -> Sequence[uuid.UUID]:
    """Return projects whose organizers should hear now that the report is due soon, or overdue."""
    return db.scalars(_untold(day_at_home(now)).order_by(Project.ends_on, Project.id).limit(limit)).all()


def tell(db: Session, *, project_id: uuid.UUID, now: datetime) -> bool:
    """Tell the organizers of a project that its report is due soon or overdue, each once; return whether it was due.

    The project is locked, so that of two hosts one tells.
    """
    locked = select(Project).where(Project.id == project_id).with_for_update()
    project = db.scalars(locked.execution_options(populate_existing=True)).one()
    today = day_at_home(now)
    if db.scalar(_untold(today).where(Project.id == project_id)) is None:
        return False
    row, is_overdue = _row(db, project_id), today > due_on(project)
    if is_overdue:
        row.told_overdue_at = now
    else:
        row.told_due_at = now
    facts = {"due_on": due_on(project).isoformat(), "is_confirmed": find_latest(db, project_id) is not None}
    topic = NoticeTopic.REPORT_OVERDUE if is_overdue else NoticeTopic.REPORT_DUE
    inbox.tell(db, _organizers(db, project), News(topic, now, project_id, facts=facts))
    return True


def _untold(today: date) -> Select[uuid.UUID]:
    """Select the projects that were held, and of which nobody was told what is the case today."""

    def has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(ProjectReport.project_id == Project.id, *conditions)

    due = and_(
        Project.ends_on <= today - DUE_AFTER + _TOLD_BEFORE,
        Project.ends_on >= today - DUE_AFTER,
        ~has(ProjectReport.told_due_at.is_not(None)),
    )
    overdue = and_(
        Project.ends_on < today - DUE_AFTER,
        Project.ends_on >= today - DUE_AFTER - _LATEST_TOLD,
        ~has(ProjectReport.told_overdue_at.is_not(None)),
    )
    is_open = Project.status.in_(_HELD), ~has(ProjectReport.handed_in_at.is_not(None))
    return select(Project.id).where(*is_open, or_(due, overdue))


def _organizers(db: Session, project: Project) -> Sequence[uuid.UUID]:
    """Return those who made the project or took its steps and still organize it; else the organizers of its unit."""
    took = select(ProjectStep.taken_by).where(ProjectStep.project_id == project.id)
    wanted = select(Person.id).where(organizes(Person.id, project.id))
    theirs = db.scalars(wanted.where(or_(Person.id == project.created_by, Person.id.in_(took))).order_by(Person.id))
    found = theirs.all()
    if found:
        return found
    grants = RoleGrant.unit_id == project.unit_id, RoleGrant.role.in_(ORGANIZERS)
    return db.scalars(select(RoleGrant.person_id).where(*grants).distinct()).all()


def _row(db: Session, project_id: uuid.UUID) -> ProjectReport:
    row = db.get(ProjectReport, project_id, populate_existing=True)
    if row is None:
        row = ProjectReport(project_id=project_id)
        db.add(row)
        db.flush()
    return row
