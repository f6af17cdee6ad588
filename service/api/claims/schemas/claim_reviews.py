"""Bodies of the review of claims."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from credit.claims.reviews import ClaimVerdict
from credit.claims.stages import ClaimStage
from models.claims import ClaimAct, ClaimStatus, ReviewLevel
from service.api.claims.schemas.my_claims import ClaimOut, NotSubmittedOut, OptionalText
from service.api.imports.schemas.credit_imports import RecordedOut
from service.edge.answers.bodies import Body, Credits, Out, Page, SearchText
from service.edge.answers.briefs import PersonBrief, UnitBrief, beside
from service.edge.answers.paging import CountedList


class QueueAsked(Page):
    """Which claims that wait for me. q: a part of a name, a 继教编号 or an activity."""

    q: SearchText | None = None


class LikenessOut(Out):
    """What the activity of a claim probably is too: the code, and what is recorded."""

    code: str
    entry: RecordedOut


class ReviewedClaim(ClaimOut):
    """A claim as its reviewers see it. likeness: what it resembles, which likeness_reason explains."""

    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    waiting_since: datetime | None
    likeness: LikenessOut | None


class ClaimStepOut(Out):
    """An act on a claim. credits_before, credits_after: a reviewer's correction stands beside the original."""

    act: ClaimAct
    level: ReviewLevel | None
    unit_id: uuid.UUID | None
    unit: UnitBrief | None = beside("unit_id")
    done_by: uuid.UUID | None
    doer: PersonBrief | None = beside("done_by")
    at: datetime
    comment: str | None
    credits_before: Credits
    credits_after: Credits


class ClaimHistory(ReviewedClaim):
    """A claim with what was done with it, oldest first."""

    steps: list[ClaimStepOut]


class ClaimQueue(CountedList):
    """A page of the claims that wait for me, oldest first."""

    items: list[ReviewedClaim]
    next_cursor: str | None
    count: int | None
    is_count_capped: bool


class ClaimReviewIn(Body):
    """A decision. credits: corrected, with an approval; level: at which level I decide, if I hold two roles."""

    decision: ClaimVerdict
    comment: OptionalText = None
    credits: Credits | None = None
    level: ReviewLevel | None = None


class ClaimReviewOut(Out):
    """What became of a claim."""

    id: uuid.UUID
    status: ClaimStatus
    stage: ClaimStage
    status_text: str
    credits: str


class ClaimReviewsIn(Body):
    """One decision on several claims (批量审核)."""

    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=200)]
    decision: ClaimVerdict
    comment: OptionalText = None


class ClaimReviewsOut(Out):
    """Which claims were decided on, and which were not."""

    reviewed: list[ClaimReviewOut]
    refused: list[NotSubmittedOut]
