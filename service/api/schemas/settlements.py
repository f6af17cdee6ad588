"""Settlements, reversals, taught hours."""

import uuid
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from attendance.settlement_lists import DrawnUp, Line
from models.ledger import SourceRole
from models.settlements import ReviewVerdict, Settlement, SettlementStatus
from service.api.schemas.base import Body, Credits, Hours, Out, Reason

CmeNumber = Annotated[str, Field(min_length=1, max_length=20)]


class PreviewedGrant(Out):
    """What somebody gets. credits: that count; raw_credits: before the project's cap."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    role: SourceRole
    credits: Credits
    raw_credits: Credits
    hours: Hours
    rule_code: str
    notes: list[str]


class PreviewedSkip(Out):
    """Why somebody gets nothing. attended, required: sessions."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    role: SourceRole
    attended: int
    required: int
    reasons: list[str]


class PreviewOut(Out):
    """Who gets what from a project, and who doesn't and why, by which rules."""

    rule_set: str
    rule_set_version: int
    grants: list[PreviewedGrant]
    skipped: list[PreviewedSkip]

    @classmethod
    def of(cls, drawn: DrawnUp) -> Self:
        """Show a list that was drawn up."""
        return cls(
            rule_set=drawn.rule_set.code,
            rule_set_version=drawn.rule_set.version,
            grants=[_grant(line) for line in drawn.grants],
            skipped=[_skip(line) for line in drawn.skipped],
        )


def _grant(line: Line) -> PreviewedGrant:
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
    )


def _skip(line: Line) -> PreviewedSkip:
    return PreviewedSkip(
        person_id=line.person_id,
        cme_number=line.cme_number,
        name=line.name,
        role=line.verdict.role,
        attended=line.share.counted,
        required=line.share.required,
        reasons=list(line.verdict.reasons),
    )


class SettlementOut(Out):
    """A settlement. granted: grants posted so far, of to_grant; job_id: for who approved it."""

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

    @classmethod
    def of(cls, settlement: Settlement, job_id: uuid.UUID | None = None) -> Self:
        """Show a settlement."""
        shown = cls.model_validate(settlement)
        shown.job_id = job_id
        return shown


class ReviewIn(Body):
    """What the reviewing unit says; a return needs a comment."""

    decision: ReviewVerdict
    comment: Annotated[str, Field(max_length=500)] | None = None


class ReversalIn(Body):
    """Whose grants to take back, and why."""

    cme_numbers: Annotated[list[CmeNumber], Field(min_length=1, max_length=1000)]
    reason: Reason


class ReversalOut(Out):
    """How many grants were taken back, and whose numbers had none."""

    reversed: int
    not_granted: list[str]


class ReopeningIn(Body):
    """Why a settled project is opened again."""

    reason: Reason


class ReopenedOut(Out):
    """Where the project is now."""

    status: str


class TaughtIn(Body):
    """How long one speaker taught."""

    cme_number: CmeNumber
    hours: Hours


class TaughtHoursIn(Body):
    """How long each speaker taught; who isn't named taught nothing."""

    speakers: Annotated[list[TaughtIn], Field(max_length=200)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len({each.cme_number for each in self.speakers}) < len(self.speakers):
            raise ValueError("a speaker is there twice")
        if any(not each.hours for each in self.speakers):
            raise ValueError("who taught nothing is left out")
        return self
