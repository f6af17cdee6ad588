"""Bodies of requests for a correction of attendance."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.own.correction_requests import ListedRequest
from models.attendance import AttendanceMark, Direction, ReviewDecision
from models.notices import RequestStatus
from service.api.projects.schemas.sessions import SaneInstant
from service.edge.answers.bodies import Body, Out, Page, Reason
from service.edge.answers.briefs import PersonBrief, ProjectBrief, beside, without_names
from service.edge.answers.paging import ListOut


class RequestNew(Body):
    """What to correct. at: when I came or left; evidence: what could show it, in words."""

    session_id: uuid.UUID
    direction: Direction
    reason: Reason
    at: SaneInstant | None = None
    evidence: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class RequestOut(Out):
    """A request and what came of it. decision_reason: the organizer's."""

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    session_id: uuid.UUID
    direction: Direction
    at: datetime | None
    reason: str
    evidence: str | None
    status: RequestStatus
    asked_at: datetime
    decided_at: datetime | None
    decision_reason: str | None


class OwnRequestList(ListOut):
    """A page of my requests, newest first."""

    items: list[RequestOut]
    next_cursor: str | None


class RequestPage(Page):
    """Which requests to list."""

    status: RequestStatus | None = None


class Asker(Out):
    """Who asks."""

    id: uuid.UUID
    name: str
    cme_number: str | None


class AskedSession(Out):
    """The session that a request is about."""

    id: uuid.UUID
    title: str
    starts_at: datetime
    zone: str


class RequestWithPerson(RequestOut):
    """A request as the organizer sees it. decided_by: who decided it, null while it is open."""

    person: Asker
    decided_by: uuid.UUID | None
    decider: PersonBrief | None = beside("decided_by")
    session: AskedSession

    @classmethod
    def of_listed(cls, listed: ListedRequest) -> "RequestWithPerson":
        """Return what a request looks like to the organizer."""
        own = without_names(RequestOut, listed.request).model_dump(exclude={"project"})
        person, session = Asker.model_validate(listed.person), AskedSession.model_validate(listed.session)
        return cls(**own, person=person, session=session, decided_by=listed.request.decided_by)


class RequestList(ListOut):
    """A page of requests, oldest first."""

    items: list[RequestWithPerson]
    next_cursor: str | None


class RequestDecision(Body):
    """accept: with the mark that is set (`present` if none is given). reject: nothing changes."""

    decision: ReviewDecision
    reason: Reason
    mark: AttendanceMark = AttendanceMark.PRESENT
