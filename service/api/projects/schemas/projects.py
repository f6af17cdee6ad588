"""Projects and their status changes."""

import uuid
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from attendance.projects.disciplines import discipline_code
from attendance.projects.entry import EntryRules
from attendance.projects.numbers import level_of, parse_number
from attendance.projects.project_lists import ProjectSort
from attendance.projects.projects import Conditions, NewProject, conditions_of
from attendance.settlement.reports import due_on
from models.projects import ApplicationMode, ExcusedRule, OpenTo, Project, ProjectLevel, ProjectStatus
from service.edge.answers.bodies import (
    NOT_SENT,
    Body,
    Capacity,
    Credits,
    Hours,
    Out,
    Page,
    PartialBody,
    Reason,
    SearchText,
    ShareOfAll,
)
from service.edge.answers.briefs import PersonBrief, UnitBrief, beside
from service.edge.answers.paging import CountedList

SaneDate = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


Category = Annotated[
    str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$", description="A code of the rule set in force on the last day.")
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(min_length=1, max_length=60)]
Edition = Annotated[int, Field(ge=1, le=1000)]


class ConditionsIn(Body):
    """What a learner must complete: a least share of the sessions, and more.

    excused: an excused session counts as absent, or is left out of the sum. At most a quarter of the sessions can be
    left out.
    """

    min_attendance: ShareOfAll = Decimal("0.80")
    check_out: bool = False
    evaluation: bool = False
    exam: bool = False
    excused: ExcusedRule = ExcusedRule.COUNTS_AS_ABSENT


class ProjectNew(Body):
    """A project to create.

    unit_id: optional for people who organize for one unit only. reviewing_unit_id: by default the authority of
    the province. applications: whether people may apply, and whether each one is reviewed; is_open: a scan at
    the venue puts somebody on the roster (现场报名); open_to: who may do either. level: by default from the
    category. edition (期次): by default the next one of its number. A draft may be incomplete; to file it,
    credits and hours are needed.
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
    applications: ApplicationMode = ApplicationMode.NONE
    is_open: bool = False
    open_to: OpenTo = OpenTo.ANYONE
    unit_id: uuid.UUID | None = None
    reviewing_unit_id: uuid.UUID | None = None

    def facts(self) -> NewProject:
        """Return what the project is to be."""
        facts = dict(self)  # as they were read: dumped, amounts would be text again
        facts["conditions"] = Conditions(**dict(self.conditions))
        return NewProject(**facts)


class ConditionsChange(PartialBody):
    """The conditions to change."""

    min_attendance: ShareOfAll = NOT_SENT
    check_out: bool = NOT_SENT
    evaluation: bool = NOT_SENT
    exam: bool = NOT_SENT
    excused: ExcusedRule = NOT_SENT


class ProjectChange(PartialBody):
    """The fields of a project to change. Fields that are not sent keep their values; null gives the default.

    A level that came from the category follows the new category, and a new number gets its next edition. reason: needed
    to set `ends_on` earlier when the project is approved.
    """

    clearable = frozenset({"number", "edition", "level", "discipline", "capacity", "reviewing_unit_id", "reason"})

    name: Name = NOT_SENT
    number: Short | None = None
    edition: Edition | None = None
    level: ProjectLevel | None = None
    category: Category = NOT_SENT
    delivery_mode: Short = NOT_SENT
    discipline: Short | None = None
    starts_on: SaneDate = NOT_SENT
    ends_on: SaneDate = NOT_SENT
    credits: Credits = NOT_SENT
    hours: Hours = NOT_SENT
    conditions: ConditionsChange = NOT_SENT
    capacity: Capacity | None = None
    applications: ApplicationMode = NOT_SENT
    is_open: bool = NOT_SENT
    open_to: OpenTo = NOT_SENT
    unit_id: uuid.UUID = NOT_SENT
    reviewing_unit_id: uuid.UUID | None = None
    reason: Reason | None = None

    def applied_to(self, present: NewProject) -> NewProject:
        """Return the facts with what was sent."""
        sent = self.sent()
        sent.pop("reason", None)
        if "conditions" in sent:
            sent["conditions"] = replace(present.conditions, **self.conditions.sent())
        if sent.get("number", present.number) != present.number:
            sent.setdefault("edition", None)
        if present.level is level_of(present.category) and "category" in sent:
            sent.setdefault("level", None)
        return replace(present, **sent)

    def entry_applied_to(self, present: EntryRules) -> EntryRules:
        """Return the rules on who gets onto the roster, with what was sent."""
        names = {"applications", "is_open", "open_to"}
        return replace(present, **{name: value for name, value in self.sent().items() if name in names})


class CopyNew(Body):
    """The first day of the copy, and its name if it is a different one."""

    starts_on: SaneDate
    name: Name | None = None


class ConditionsOut(Out):
    """What a learner must complete."""

    min_attendance: ShareOfAll
    check_out: bool
    evaluation: bool
    exam: bool
    excused: ExcusedRule


class NumberPartsOut(Out):
    """The parts of a project number of a known format."""

    level: ProjectLevel
    year: int
    discipline: str
    serial: str
    suffix: str | None


class ProjectOut(Out):
    """A project. number_parts: null for a number of an unknown format, which is also valid.

    revision: it increases with each change, and is the ETag. report_due_on: two weeks after the end.
    """

    id: uuid.UUID
    status: ProjectStatus
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")
    reviewing_unit_id: uuid.UUID
    reviewing_unit: UnitBrief = beside("reviewing_unit_id")
    name: str
    number: str | None
    number_parts: NumberPartsOut | None
    edition: int
    level: ProjectLevel
    category: str
    delivery_mode: str
    discipline: str | None
    discipline_code: str | None
    starts_on: date
    ends_on: date
    credits: Credits
    hours: Hours
    conditions: ConditionsOut
    capacity: int | None
    applications: ApplicationMode
    is_open: bool
    open_to: OpenTo
    report_due_on: date
    revision: int
    created_by: uuid.UUID
    creator: PersonBrief = beside("created_by")
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> "ProjectOut":
        """Return what a project looks like."""
        parts = parse_number(project.number) if project.number else None
        told = {
            "conditions": ConditionsOut.model_validate(conditions_of(project)),
            "number_parts": NumberPartsOut.model_validate(parts) if parts else None,
            "report_due_on": due_on(project),
            "discipline_code": discipline_code(project.discipline) if project.discipline else None,
        }
        left = cls.model_fields.keys() - told.keys() - {"unit", "reviewing_unit", "creator"}
        return cls(**told, **{name: getattr(project, name) for name in left})


class TransitionIn(Body):
    """The new status of a project, and the reason; some changes need one."""

    to: ProjectStatus
    reason: Reason | None = None


class TransitionOut(Out):
    """The status of the project now, and the next statuses that the caller may set."""

    status: ProjectStatus
    next: list[ProjectStatus]


class StepOut(Out):
    """A status change."""

    source: ProjectStatus
    target: ProjectStatus
    reason: str | None
    taken_by: uuid.UUID | None
    taker: PersonBrief | None = beside("taken_by")
    taken_at: datetime


class ProjectLife(Out):
    """The status changes so far, and the next ones that the caller may make."""

    status: ProjectStatus
    next: list[ProjectStatus]
    steps: list[StepOut]


class ProjectsAsked(Page):
    """A filter of projects; without it, all that the caller may see. q: a part of the name or number.

    from, to: projects that take place in this time; unit_id: those of this unit and of all units below it.
    """

    status: ProjectStatus | None = None
    level: ProjectLevel | None = None
    unit_id: uuid.UUID | None = None
    first: SaneDate | None = Field(None, alias="from")
    last: SaneDate | None = Field(None, alias="to")
    q: SearchText | None = None
    sort: ProjectSort = ProjectSort.CREATED_DOWN


class ProjectList(CountedList):
    """A page of projects."""

    items: list[ProjectOut]
    next_cursor: str | None
