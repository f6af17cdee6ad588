"""Bodies of the staff of a project: who is assigned to which tasks."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from attendance.roster.staff_assignments import NewAssignment, OwnAssigned
from models.project_staff import ProjectStaff, StaffTask
from service.api.projects.schemas.person_refs import NamedRefIn
from service.api.projects.schemas.sessions import SaneInstant
from service.edge.answers.bodies import Out
from service.edge.answers.briefs import PersonBrief, ProjectBrief, beside, without_names
from service.edge.answers.paging import ListOut

Tasks = Annotated[list[StaffTask], Field(min_length=1, max_length=len(StaffTask)), AfterValidator(frozenset)]


class StaffNew(NamedRefIn):
    """Somebody to assign, and the tasks. session_id: left out, for the whole project.

    until: left out, as long as the project is not settled, archived or cancelled. name: for people of other hospitals.
    """

    tasks: Tasks
    session_id: uuid.UUID | None = None
    until: SaneInstant | None = None

    def new(self) -> NewAssignment:
        """Return what the person is assigned to."""
        return NewAssignment(frozenset(self.tasks), self.session_id, self.until)


class StaffOut(Out):
    """An assignment of a person. session_id: null for the whole project; ended_at: null until somebody ended it."""

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    session_id: uuid.UUID | None
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    tasks: list[StaffTask]
    until: datetime | None
    named_by: uuid.UUID
    namer: PersonBrief = beside("named_by")
    named_at: datetime
    ended_at: datetime | None
    ended_by: uuid.UUID | None
    ender: PersonBrief | None = beside("ended_by")

    @classmethod
    def of(cls, row: ProjectStaff) -> "StaffOut":
        """Return an assignment as a body."""
        return without_names(cls, row)


class StaffList(ListOut):
    """A page of assignments, oldest first."""

    items: list[StaffOut]
    next_cursor: str | None


class StaffSession(Out):
    """The session that an assignment is about."""

    id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime


class MyStaffOut(Out):
    """What I am assigned to now. session: null for the whole project; until: null as long as the project goes on."""

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    session: StaffSession | None
    tasks: list[StaffTask]
    until: datetime | None

    @classmethod
    def of_own(cls, own: OwnAssigned) -> "MyStaffOut":
        """Return an assignment of one's own as a body."""
        row = own.row
        session = None if own.session is None else StaffSession.model_validate(own.session)
        return cls(id=row.id, project_id=row.project_id, session=session, tasks=row.tasks, until=row.until)


class MyStaffList(ListOut):
    """A page of what I am assigned to, oldest first."""

    items: list[MyStaffOut]
    next_cursor: str | None
