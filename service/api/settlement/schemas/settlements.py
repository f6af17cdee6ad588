"""Settlements, reversals, taught hours."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.roster.person_refs import PersonRef
from attendance.settlement.lists import DraftList, Line
from models.jobs import Job, JobStatus
from models.ledger import SourceRole
from models.settlements import ReviewVerdict, Settlement, SettlementStatus
from service.api.projects.schemas.person_refs import CmeNumber, PersonRefIn
from service.edge.bodies import Body, Credits, Hours, Out, Reason


class PreviewedGrant(Out):
    """What somebody gets. credits: that count; raw_credits: before the project's cap.

    exceptions: kinds of exceptions in the exam (`GET /projects/{id}/exam/exceptions` has the reasons).
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    role: SourceRole
    credits: Credits
    raw_credits: Credits
    hours: Hours
    rule_code: str
    notes: list[str]
    exceptions: list[str]


class PreviewedSkip(Out):
    """Why somebody gets nothing. attended, required: sessions; exceptions: as for those who get something."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    role: SourceRole
    attended: int
    required: int
    reasons: list[str]
    exceptions: list[str]


class PreviewOut(Out):
    """Who gets what from a project, and who doesn't and why, by which rules."""

    rule_set: str
    rule_set_version: int
    grants: list[PreviewedGrant]
    skipped: list[PreviewedSkip]

    @classmethod
    def of(cls, drawn: DraftList) -> Self:
        """Show a list that was drawn up."""
        return cls(
            rule_set=drawn.rule_set.code,
            rule_set_version=drawn.rule_set.version,
            grants=[_grant(line, drawn.exceptions.get(line.person_id, ())) for line in drawn.grants],
            skipped=[_skip(line, drawn.exceptions.get(line.person_id, ())) for line in drawn.skipped],
        )


def _grant(line: Line, exceptions: Sequence[str]) -> PreviewedGrant:
    award, hours = line.verdict.award, line.verdict.hours
    assert award is not None and hours is not None  # noqa: S101, PT018 - for the type checker: it is one of the grants
    return PreviewedGrant(
        person_id=line.person_id,
        cme_number=line.cme_number,
        name=line.name,
        role=line.verdict.role,
        credits=award.counted,
        raw_credits=award.credits,
        hours=hours,
        rule_code=award.rule_code,
        notes=list(line.verdict.reasons),
        exceptions=list(exceptions),
    )


def _skip(line: Line, exceptions: Sequence[str]) -> PreviewedSkip:
    return PreviewedSkip(
        person_id=line.person_id,
        cme_number=line.cme_number,
        name=line.name,
        role=line.verdict.role,
        attended=line.share.counted,
        required=line.share.required,
        reasons=list(line.verdict.reasons),
        exceptions=list(exceptions),
    )


class SettlementOut(Out):
    """A settlement. granted: grants posted so far, of to_grant; job_id: for who approved it.

    job_status: of the job that posts them; where it has failed, approving once more starts another one.
    """

    id: uuid.UUID
    project_id: uuid.UUID
    round: int
    status: SettlementStatus
    rule_set: str
    rule_set_version: int
    to_grant: int
    granted: int
    skipped: int
    comment: str | None
    confirmed_at: datetime
    reviewed_at: datetime | None
    settled_at: datetime | None
    job_id: uuid.UUID | None = None
    job_status: JobStatus | None = None

    @classmethod
    def of(cls, settlement: Settlement, job: Job | None = None) -> Self:
        """Show a settlement."""
        shown = cls.model_validate(settlement)
        if job is not None:
            shown.job_id, shown.job_status = job.id, job.status
        return shown


class SettlementList(Out):
    """The settlements of a project, the latest first."""

    items: list[SettlementOut]


class ReviewIn(Body):
    """What the reviewing unit says; a return needs a comment."""

    decision: ReviewVerdict
    comment: Annotated[str, Field(max_length=500)] | None = None


class ReversalIn(Body):
    """Whose grants to take back, and why; by 继教编号, and by id for who has none."""

    cme_numbers: list[CmeNumber] = Field(default_factory=list, max_length=1000)
    person_ids: list[uuid.UUID] = Field(default_factory=list, max_length=1000)
    reason: Reason

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.cme_numbers and not self.person_ids:
            raise PydanticCustomError("somebody", "give cme_numbers or person_ids")
        return self

    def person(self) -> list[PersonRef]:
        """Return who is meant."""
        return [*map(PersonRef, self.cme_numbers), *(PersonRef(person_id=each) for each in self.person_ids)]


class ReversalOut(Out):
    """How many grants were taken back; not_granted: numbers, or ids, of those who had none."""

    reversed: int
    not_granted: list[str]


class ReopeningIn(Body):
    """Why a settled project is opened again. credits, hours: what should have been approved, where that is wrong."""

    reason: Reason
    credits: Credits | None = None
    hours: Hours | None = None


class ReopenedOut(Out):
    """Where the project is now."""

    status: str


class TaughtIn(PersonRefIn):
    """How long one speaker taught; by 继教编号, or by id for who has none."""

    hours: Hours


class TaughtHoursIn(Body):
    """How long each speaker taught; who isn't named taught nothing."""

    speakers: Annotated[list[TaughtIn], Field(max_length=200)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len({each.person() for each in self.speakers}) < len(self.speakers):
            raise ValueError("a speaker is there twice")
        if any(not each.hours for each in self.speakers):
            raise ValueError("who taught nothing is left out")
        return self
