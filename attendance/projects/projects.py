"""Projects (项目): creating and listing them, and the conditions for their credits."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid, ProjectNumberTaken
from attendance.projects.disciplines import discipline_name
from attendance.projects.numbers import level_of
from attendance.projects.units import choose_reviewing_unit, get_own_unit
from credit.rules.rule_book import require_category
from foundation import audit
from foundation.callers import Caller
from models.base import new_id
from models.projects import ApplicationMode, ExcusedRule, OpenTo, Project, ProjectLevel, ProjectStatus

_TRIES = 5


@dataclass(frozen=True)
class Conditions:
    """What a learner must have done for the credits of a project (W).

    min_attendance: share of the sessions, 0.00 to 1.00; check_out, evaluation, exam: whether each is needed too;
    excused: what an excused session is in the sum.
    """

    min_attendance: Decimal = Decimal("0.80")
    check_out: bool = False
    evaluation: bool = False
    exam: bool = False
    excused: ExcusedRule = ExcusedRule.COUNTS_AS_ABSENT


@dataclass(frozen=True)
class NewProject:
    """The facts of a project to make. Fields that are left out get a default:

    unit_id: the only unit of the organizer; reviewing_unit_id: the authority of the province; level: that of the
    category; edition (期次): the next one of the number.
    """

    name: str
    starts_on: date
    ends_on: date
    number: str | None = None
    edition: int | None = None
    level: ProjectLevel | None = None
    category: str = "OTH"
    delivery_mode: str = "培训班"
    discipline: str | None = None
    credits: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)
    conditions: Conditions = field(default_factory=Conditions)
    capacity: int | None = None
    applications: ApplicationMode = ApplicationMode.NONE
    is_open: bool = False
    open_to: OpenTo = OpenTo.ANYONE
    unit_id: uuid.UUID | None = None
    reviewing_unit_id: uuid.UUID | None = None
    copied_from: uuid.UUID | None = None


def create_project(db: Session, *, new: NewProject, caller: Caller, now: datetime) -> Project:
    """Create a project as a draft and return it.

    The category of a copy is not checked here: the rules may have changed, and editing and filing check it again.
    Raises NotFound, Forbidden, UnitNeeded, PeriodInvalid, UnknownCategory, ReviewingUnitInvalid, ProjectNumberTaken.
    """
    unit = get_own_unit(db, new.unit_id, caller)
    if new.ends_on < new.starts_on:
        raise PeriodInvalid(field="ends_on")
    if new.copied_from is None:
        require_category(db, new.category, new.ends_on)
    project = Project(
        id=new_id(),
        unit_id=unit.id,
        reviewing_unit_id=choose_reviewing_unit(db, unit=unit, wanted=new.reviewing_unit_id).id,
        status=ProjectStatus.DRAFT,
        name=new.name,
        number=new.number,
        level=new.level or level_of(new.category),
        category=new.category,
        delivery_mode=new.delivery_mode,
        discipline=discipline_name(new.discipline) if new.discipline else None,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        credits=new.credits,
        hours=new.hours,
        capacity=new.capacity,
        applications=new.applications,
        is_open=new.is_open,
        open_to=new.open_to,
        copied_from=new.copied_from,
        created_by=caller.person_id,
        created_at=now,
    )
    set_conditions(project, new.conditions)
    _add_with_edition(db, project, new.edition)
    audit.record(db, caller, now, "project.create", project, after={"name": new.name, "unit_id": str(unit.id)})
    db.flush()
    return project


def _add_with_edition(db: Session, project: Project, wanted: int | None) -> None:
    """Add the project with the wanted edition, or else with the next free one. Retries if another project takes it."""
    for _ in range(_TRIES):
        project.edition = wanted or next_edition(db, project.number)
        try:
            with db.begin_nested():
                db.add(project)
            return
        except IntegrityError:
            if wanted is not None:
                break
    raise ProjectNumberTaken(field="number")


def next_edition(db: Session, number: str | None) -> int:
    """Return the next free edition (期次) of a number."""
    if number is None:
        return 1
    return (db.scalar(select(func.max(Project.edition)).where(Project.number == number)) or 0) + 1


def conditions_of(project: Project) -> Conditions:
    """Return the conditions of a project."""
    return Conditions(
        min_attendance=project.min_attendance,
        check_out=project.needs_check_out,
        evaluation=project.needs_evaluation,
        exam=project.needs_exam,
        excused=project.excused,
    )


def set_conditions(project: Project, conditions: Conditions) -> None:
    """Set the conditions of a project."""
    project.min_attendance = conditions.min_attendance
    project.needs_check_out = conditions.check_out
    project.needs_evaluation = conditions.evaluation
    project.needs_exam = conditions.exam
    project.excused = conditions.excused
