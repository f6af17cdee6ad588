"""Settlements and their confirmation, taught hours."""

import uuid
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.settlement.confirmation import Choice
from models.jobs import Job, JobStatus
from models.settlements import ReviewVerdict, Settlement, SettlementStatus
from service.api.projects.schemas.person_refs import PersonRefIn
from service.edge.answers.bodies import ONE_OF, Body, Hours, Out, Reason, Way, Ways
from service.edge.answers.briefs import PersonBrief, ProjectBrief, beside


class ConfirmationIn(Body):
    """What happens to people who can still evaluate or sit the exam; not needed if there are none.

    still_open: `wait` keeps the evaluation and the exam open for them until their last moment, and a supplementary
    round follows. cut_off: true submits open attempts and closes everything for them, with the reason.
    """

    ways: ClassVar[Ways] = {
        "Waiting": Way(says={"cut_off": False}, may_leave_out=("cut_off",)),
        "CutOff": Way(needs=("reason",), says={"cut_off": True}, without=("still_open",)),
    }

    still_open: Literal["wait"] | None = None
    cut_off: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.cut_off and self.still_open is not None:
            raise PydanticCustomError("one_of", ONE_OF, {"names": "still_open, cut_off"})
        if self.cut_off and self.reason is None:
            raise PydanticCustomError("reason", "cut_off needs a reason", {"field": "reason"})
        return self

    def choice(self) -> Choice | None:
        """Return what the organizer chose, or None."""
        if self.cut_off:
            return Choice(self.reason)
        return Choice(None) if self.still_open else None


class SettlementOut(Out):
    """A settlement. granted: grants posted so far, of to_grant; job_id: for the person who approved it.

    cut_off_reason: why people who could still evaluate or sit the exam were cut off, or null.

    job_status: of the job that posts the grants. If it has failed, a second approval starts another job.
    """

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    round: int
    status: SettlementStatus
    rule_set: str
    rule_set_version: int
    to_grant: int
    granted: int
    skipped: int
    comment: str | None
    confirmed_by: uuid.UUID
    confirmer: PersonBrief = beside("confirmed_by")
    confirmed_at: datetime
    reviewed_by: uuid.UUID | None
    reviewer: PersonBrief | None = beside("reviewed_by")
    reviewed_at: datetime | None
    settled_at: datetime | None
    cut_off_reason: str | None
    job_id: uuid.UUID | None = None
    job_status: JobStatus | None = None

    @classmethod
    def of(cls, settlement: Settlement, job: Job | None = None) -> Self:
        """Show a settlement."""
        shown = cls.model_validate(settlement)
        if job is not None:
            shown.job_id, shown.job_status = job.id, job.status
        return shown


class OfferOut(Out):
    """A supplementary round for people who have met the conditions since the last one, which waited for them.

    The next confirmation by the organizer confirms it. still_may: people who can continue until `until`.
    """

    to_grant: int
    still_may: int
    until: datetime


class SettlementList(Out):
    """The settlements of a project, newest first. offered: the round that can be confirmed next, or null.

    open_until: how long people can still evaluate and sit the exam, if a confirmation waits for them; else null.
    """

    items: list[SettlementOut]
    open_until: datetime | None
    offered: OfferOut | None


class ReviewIn(Body):
    """The decision of the reviewing unit; a return needs a comment."""

    decision: ReviewVerdict
    comment: Annotated[str, Field(max_length=500)] | None = None


class TaughtIn(PersonRefIn):
    """How long one speaker taught; by 继教编号, or by id for people without a number."""

    hours: Hours


class TaughtHoursIn(Body):
    """How long each speaker taught. People who are not named taught nothing."""

    speakers: Annotated[list[TaughtIn], Field(max_length=200)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len({each.person() for each in self.speakers}) < len(self.speakers):
            raise PydanticCustomError("person_repeated", "a speaker is there twice")
        if any(not each.hours for each in self.speakers):
            raise PydanticCustomError("no_hours", "who taught nothing is left out")
        return self
