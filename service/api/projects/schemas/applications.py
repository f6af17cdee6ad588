"""Bodies of applications as organizers see them."""

import uuid
from collections import Counter
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from attendance.roster.application_lists import ListedApplication
from attendance.roster.applications import ApplicationVerdict, Judgement, ManyDecided
from models.applications import ApplicationStatus
from service.edge.answers.bodies import Body, Out, Page, Reason, SearchText
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import CountedList


class ApplicationsAsked(Page):
    """Which applications. q: a part of the name or 继教编号."""

    status: ApplicationStatus | None = None
    q: SearchText | None = None


class ApplicationOut(Out):
    """An application of a person. unit: the name of their unit; is_staff: they organize this project themselves.

    decided_by: who decided, null where nobody did.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    is_staff: bool
    note: str | None
    status: ApplicationStatus
    applied_at: datetime
    decided_by: uuid.UUID | None
    decider: PersonBrief | None = beside("decided_by")
    decided_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, listed: ListedApplication) -> Self:
        """Return an application as a body."""
        row = listed.application
        same = ("id", "person_id", "note", "status", "applied_at", "decided_by", "decided_at", "reason")
        return cls(
            **{name: getattr(row, name) for name in same},
            name=listed.name,
            cme_number=listed.cme_number,
            unit=listed.unit,
            is_staff=listed.is_staff,
        )


class ApplicationList(CountedList):
    """A page of applications, oldest first."""

    items: list[ApplicationOut]
    next_cursor: str | None


class ApplicationDecision(Body):
    """The decision on an application; to decline needs a reason, which the person is told."""

    decision: ApplicationVerdict
    reason: Reason | None = None

    def judgement(self) -> Judgement:
        """Return the decision for the rule."""
        return Judgement(self.decision, self.reason)


class ApplicationDecisions(ApplicationDecision):
    """One decision on several applications of a project, with one reason."""

    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=200)]


class ApplicationLeft(Out):
    """An application that was not decided. code: of the refusal that a decision on it alone would get."""

    id: uuid.UUID
    code: str


class ApplicationsDecided(Out):
    """How many applications have which status now, and those that were left as they are, with why."""

    accepted: int
    waiting: int
    declined: int
    left: list[ApplicationLeft]

    @classmethod
    def of(cls, many: ManyDecided) -> Self:
        """Return what was decided as a body."""
        counts = Counter(each.status for each in many.decided)
        return cls(
            accepted=counts[ApplicationStatus.ACCEPTED],
            waiting=counts[ApplicationStatus.WAITING],
            declined=counts[ApplicationStatus.DECLINED],
            left=[ApplicationLeft(id=ident, code=code) for ident, code in many.left.items()],
        )


class ApplicationDecided(Out):
    """What the application is now. waiting: it was accepted, and the project is full."""

    id: uuid.UUID
    status: ApplicationStatus
    decided_at: datetime
    reason: str | None
