"""Bodies of projects that I can get into, and of my applications for them."""

import uuid
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from attendance.projects.entry import WhyClosed
from attendance.projects.projects import conditions_of
from attendance.roster.applications import OwnApplication
from attendance.roster.openings import Entry, OpenProject
from models.applications import ApplicationStatus
from models.projects import ApplicationMode, OpenTo, Project, ProjectLevel, ProjectStatus
from models.projects import Session as VenueSession
from service.api.projects.schemas.projects import ConditionsOut
from service.edge.answers.bodies import Body, Capacity, Credits, Hours, Out, Page, SearchText
from service.edge.answers.briefs import ProjectBrief, beside
from service.edge.answers.paging import CountedList, ListOut

Note = Annotated[str, Field(min_length=1, max_length=500)]


class ApplicationNew(Body):
    """What I tell the organizer with my application, if anything."""

    note: Note | None = None


class MyApplicationBrief(Out):
    """My newest application for a project. reason: why it was declined, or why I was removed from the roster."""

    id: uuid.UUID
    status: ApplicationStatus
    applied_at: datetime
    decided_at: datetime | None
    reason: str | None


class ProjectEntry(Out):
    """How I get into a project.

    applications: whether it takes any, and whether the organizer reviews them; is_open: a scan at the venue puts me on
    the roster (现场报名); capacity, places_left: null for any number of people, and people who wait come before me;
    applies_until: when the project begins; can_apply: now; closed: why not, if it is not only that I have a place;
    waiting_place: my number on the waiting list; is_expected: I am on the roster.
    """

    applications: ApplicationMode
    is_open: bool
    open_to: OpenTo
    capacity: Capacity | None
    places_left: int | None
    applies_until: datetime
    can_apply: bool
    closed: WhyClosed | None
    application: MyApplicationBrief | None
    waiting_place: int | None
    is_expected: bool

    @classmethod
    def of(cls, project: Project, entry: Entry) -> Self:
        """Return what the entry looks like to one person."""
        return cls(
            applications=project.applications,
            is_open=project.is_open,
            open_to=project.open_to,
            capacity=project.capacity,
            places_left=entry.places_left,
            applies_until=entry.applies_until,
            can_apply=entry.can_apply,
            closed=entry.closed,
            application=MyApplicationBrief.model_validate(entry.application) if entry.application else None,
            waiting_place=entry.waiting_place,
            is_expected=entry.is_expected,
        )


class OpenProjectsAsked(Page):
    """Which projects: a part of the name or number, or all."""

    q: SearchText | None = None


class OpenProjectOut(ProjectBrief):
    """A project that I can apply for, or join on the spot."""

    status: ProjectStatus
    level: ProjectLevel
    category: str
    delivery_mode: str
    discipline: str | None
    credits: Credits
    hours: Hours
    conditions: ConditionsOut
    entry: ProjectEntry

    @classmethod
    def of(cls, found: OpenProject) -> Self:
        """Return the project as a body."""
        return cls(**cls.facts(found))

    @classmethod
    def facts(cls, found: OpenProject) -> dict[str, object]:
        """Return the fields that the list and the page of one project share."""
        project = found.project
        same = ("status", "level", "category", "delivery_mode", "discipline", "credits", "hours")
        return {
            **cls.brief(project, found.unit).model_dump(),
            **{name: getattr(project, name) for name in same},
            "conditions": ConditionsOut.model_validate(conditions_of(project)),
            "entry": ProjectEntry.of(project, found.entry),
        }


class OpenProjectList(CountedList):
    """A page of projects that I can get into, the first to begin first."""

    items: list[OpenProjectOut]
    next_cursor: str | None


class PlannedSession(Out):
    """A session as it is planned. capacity: null where nobody needs a place there."""

    id: uuid.UUID
    title: str
    venue: str
    track: str | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    counts: bool
    capacity: int | None
    cancelled_at: datetime | None
    cancellation_reason: str | None


class OpenProjectPage(OpenProjectOut):
    """A project that I can get into, with its sessions."""

    sessions: list[PlannedSession]

    @classmethod
    def with_sessions(cls, found: OpenProject, sessions: list[VenueSession]) -> Self:
        """Return the project as a body, with its sessions in order of time."""
        return cls(**cls.facts(found), sessions=[PlannedSession.model_validate(each) for each in sessions])


class MyApplication(MyApplicationBrief):
    """An application of mine. waiting_place: my number on the waiting list, null if I don't wait for a place."""

    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    note: str | None
    waiting_place: int | None

    @classmethod
    def of(cls, own: OwnApplication) -> Self:
        """Return an application as a body."""
        row = own.application
        brief = MyApplicationBrief.model_validate(row).model_dump()
        return cls(**brief, project_id=row.project_id, note=row.note, waiting_place=own.waiting_place)


class MyApplicationList(ListOut):
    """A page of my applications, newest first."""

    items: list[MyApplication]
    next_cursor: str | None
