"""The preview of a settlement: who would get what, and what reviewers should know of people."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import Field

from attendance.record.open_duties import Duty
from attendance.settlement.lists import Line
from attendance.settlement.previews import Preview
from attendance.settlement.remarks import Remarks, RemarksByPerson
from models.ledger import ReversalCause, SourceRole
from models.projects import RosterOrigin
from service.edge.answers.bodies import Credits, Hours, Out, Query, SearchText, SessionCount
from service.edge.answers.paging import Paged


class EarlierReversal(Out):
    """A grant from this project that was reversed. is_lifted: a misconduct that no longer bars the person."""

    cause: ReversalCause
    reason: str | None
    reversed_at: datetime
    is_lifted: bool


class ExcusedOut(Out):
    """A session from which a person was excused."""

    session_id: uuid.UUID
    title: str


class RemarksOut(Out):
    """Facts about a person for the reviewer. is_staff: they organize this project; excused: sessions.

    origin: how they got onto the roster, by the staff, by an application, or on site (现场报名).
    """

    is_staff: bool
    excused: list[ExcusedOut]
    origin: RosterOrigin


class PreviewedGrant(RemarksOut):
    """What a person gets. credits: those that count; raw_credits: before the limit of the project.

    reversal: an earlier grant of the person that was reversed, or null. exceptions: kinds of exceptions in the exam
    (`GET /projects/{id}/exam/exceptions` has the reasons).
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
    reversal: EarlierReversal | None
    exceptions: list[str]


class PreviewedSkip(RemarksOut):
    """Why a person gets nothing. attended, required: sessions. reversal, exceptions: as in a grant."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    role: SourceRole
    attended: SessionCount
    required: int
    reasons: list[str]
    reversal: EarlierReversal | None
    exceptions: list[str]


class StillMay(Out):
    """A person who gets nothing yet, but can still meet all conditions. what: the missing parts; until: the end.

    They are among `skipped` too.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    what: list[Duty]
    until: datetime | None


class PreviewAsked(Query):
    """A page of the preview: up to a thousand people. q: a part of the name or 继教编号."""

    limit: int = Field(1000, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=2000)
    q: SearchText | None = None


class PreviewCounts(Out):
    """How many people of the whole list get credits, get none, and how many of these can still meet the conditions."""

    grants: int
    skipped: int
    still_may: int


class PreviewOut(Out):
    """Who gets what from a project by which rules, who gets nothing and why, and who can still meet the conditions.

    The people are in order of 继教编号, a thousand on a page at most; `counts` is of all pages.
    """

    rule_set: str
    rule_set_version: int
    counts: PreviewCounts
    grants: list[PreviewedGrant]
    skipped: list[PreviewedSkip]
    still_may: list[StillMay]
    next_cursor: str | None

    @classmethod
    def of(cls, drawn: Preview, page: Paged[Line], remarks: RemarksByPerson) -> Self:
        """Show a page of a list that was drawn up."""
        grants = [line for line in page.rows if line.verdict.award is not None]
        skipped = [line for line in page.rows if line.verdict.award is None]
        counts = drawn.counts
        return cls(
            rule_set=drawn.rule_set.code,
            rule_set_version=drawn.rule_set.version,
            counts=PreviewCounts(grants=counts.granted, skipped=counts.skipped, still_may=counts.still_may),
            grants=[_grant(line, remarks, drawn.exceptions.get(line.person_id, ())) for line in grants],
            skipped=[_skip(line, remarks, drawn.exceptions.get(line.person_id, ())) for line in skipped],
            still_may=[_still_may(line) for line in page.rows if line.still_may],
            next_cursor=page.next_cursor,
        )


def _grant(line: Line, remarks: RemarksByPerson, exceptions: Sequence[str]) -> PreviewedGrant:
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
        reversal=_reversal(line),
        exceptions=list(exceptions),
        **told(remarks.on(line.person_id)),
    )


def _skip(line: Line, remarks: RemarksByPerson, exceptions: Sequence[str]) -> PreviewedSkip:
    return PreviewedSkip(
        person_id=line.person_id,
        cme_number=line.cme_number,
        name=line.name,
        role=line.verdict.role,
        attended=line.share.shown_counted,
        required=line.share.required,
        reasons=list(line.verdict.reasons),
        reversal=_reversal(line),
        exceptions=list(exceptions),
        **told(remarks.on(line.person_id)),
    )


def told(remarks: Remarks) -> dict[str, Any]:
    """Return the fields of RemarksOut."""
    return RemarksOut.model_validate(remarks).model_dump()


def _still_may(line: Line) -> StillMay:
    return StillMay(
        person_id=line.person_id,
        cme_number=line.cme_number,
        name=line.name,
        what=list(line.still_may),
        until=line.until,
    )


def _reversal(line: Line) -> EarlierReversal | None:
    return None if line.reversed is None else EarlierReversal.model_validate(line.reversed)
