"""Projects and the steps of their life."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from attendance.conditions import conditions_of
from models.projects import Project, ProjectLevel, ProjectStatus
from service.api.schemas.base import Body, Credits, Hours, Out, Reason, ShareOfAll

SaneDate = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


Category = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$", description="A code of the tree of figure 9.")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(min_length=1, max_length=60)]
Capacity = Annotated[int, Field(ge=1, le=100_000)]
Edition = Annotated[int, Field(ge=1, le=1000)]


class ConditionsIn(Body):
    """What a learner must have done: a least share of the sessions, and what else."""

    min_attendance: ShareOfAll = Decimal("0.80")
    check_out: bool = False
    evaluation: bool = False
    exam: bool = False


class ProjectNew(Body):
    """A project to make.

    unit_id may be left out by who organizes for one unit only; reviewing_unit_id: the province's authority by default;
    level: by the category; edition (期次): the next one of its number. A draft may be incomplete: credits and hours are
    needed to file it.
    """

    name: Name
    number: Short | None = None
    edition: Edition | None = None
    level: ProjectLevel | None = None
    category: Category = "OTH"
    delivery_mode: Short = "培训班"
    discipline: Short | None = None
    starts_on: SaneDate
    ends_on: SaneDate
    credits: Credits = Decimal(0)
    hours: Hours = Decimal(0)
    conditions: ConditionsIn = ConditionsIn()
    capacity: Capacity | None = None
    unit_id: uuid.UUID | None = None
    reviewing_unit_id: uuid.UUID | None = None


class ConditionsOut(Out):
    """What a learner must have done."""

    min_attendance: ShareOfAll
    check_out: bool
    evaluation: bool
    exam: bool


class ProjectOut(Out):
    """A project."""

    id: uuid.UUID
    status: ProjectStatus
    unit_id: uuid.UUID
    reviewing_unit_id: uuid.UUID
    name: str
    number: str | None
    edition: int
    level: ProjectLevel
    category: str
    delivery_mode: str
    discipline: str | None
    starts_on: date
    ends_on: date
    credits: Credits
    hours: Hours
    conditions: ConditionsOut
    capacity: int | None
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> "ProjectOut":
        """What a project looks like."""
        facts = {name: getattr(project, name) for name in cls.model_fields if name != "conditions"}
        return cls(**facts, conditions=ConditionsOut.model_validate(conditions_of(project)))


class TransitionIn(Body):
    """Where the project is to go, and why; some steps need a reason."""

    to: ProjectStatus
    reason: Reason | None = None


class TransitionOut(Out):
    """Where the project is now, and where the caller may take it from here."""

    status: ProjectStatus
    next: list[ProjectStatus]


class StepOut(Out):
    """A step that was taken."""

    source: ProjectStatus
    target: ProjectStatus
    reason: str | None
    taken_by: uuid.UUID | None
    taken_at: datetime


class ProjectLife(Out):
    """The steps taken so far, and those open to the caller."""

    status: ProjectStatus
    next: list[ProjectStatus]
    steps: list[StepOut]


class ProjectList(Out):
    """A page of projects, newest first."""

    items: list[ProjectOut]
    next_cursor: str | None
