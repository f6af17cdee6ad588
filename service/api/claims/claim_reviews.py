"""The review of claims (学分审核): what waits for me, one claim with its history, decisions."""

import uuid

from apiflask import APIBlueprint

from credit.claims import queue, reviews
from credit.claims.desks import REVIEWERS
from credit.claims.queue import WaitingClaim
from credit.claims.reviews import Review
from models.claims import Claim
from service.api.claims.claim_shapes import Shapes, not_submitted
from service.api.claims.schemas.claim_reviews import (
    ClaimHistory,
    ClaimQueue,
    ClaimReviewIn,
    ClaimReviewOut,
    ClaimReviewsIn,
    ClaimReviewsOut,
    ClaimStepOut,
    QueueAsked,
    ReviewedClaim,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_instant_and_id_alone
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("claim_reviews", __name__, tag="Claim reviews")

_REFUSALS = (
    *("not_found", "own_claim", "role_too_high", "claim_not_waiting", "not_your_turn", "comment_needed"),
    *("claim_invalid", "too_many_credits", "already_recorded", "same_day_study"),
)


@api.get("/reviews/claims")
@signed_in(roles=REVIEWERS)
@refuses()
@api.input(QueueAsked, location="query", arg_name="query")
@api.output(ClaimQueue)
@with_names
def list_waiting_claims(call: Call, query: QueueAsked) -> ClaimQueue:
    """Show the claims that wait for me, oldest first."""
    page = paged(
        query,
        by_instant_and_id_alone("claim.waiting_since", "claim.id"),
        lambda after, limit: queue.list_waiting(call.db, caller=call.caller, text=query.q, after=after, limit=limit),
    )
    total = counted(query, page, lambda: queue.count_waiting(call.db, caller=call.caller, text=query.q))
    shapes = Shapes(call.db, [each.claim for each in page.rows])
    return ClaimQueue.of(page, lambda each: ReviewedClaim.model_validate(_facts(each, shapes)), **total)


@api.get("/claims/<uuid:claim_id>")
@signed_in(roles=REVIEWERS)
@refuses("not_found")
@api.output(ClaimHistory)
@with_names
def get_claim(call: Call, claim_id: uuid.UUID) -> ClaimHistory:
    """Show a submitted claim of my people, with what was done with it."""
    found = queue.get_reviewed(call.db, claim_id=claim_id, caller=call.caller)
    steps = [without_names(ClaimStepOut, each) for each in queue.steps_of(call.db, found.claim.id)]
    return ClaimHistory.model_validate(_facts(found, Shapes(call.db, [found.claim])) | {"steps": steps})


@api.post("/claims/<uuid:claim_id>/reviews")
@signed_in(roles=REVIEWERS)
@refuses(*_REFUSALS)
@api.input(ClaimReviewIn, arg_name="body")
@api.output(ClaimReviewOut)
def review_claim(call: Call, claim_id: uuid.UUID, body: ClaimReviewIn) -> ClaimReviewOut:
    """Approve a claim at my level, return it or reject it. The last approval grants its credits."""
    review = Review(body.decision, body.comment, body.credits, body.level)
    claim = reviews.review(call.db, claim_id=claim_id, review=review, caller=call.caller, now=call.now)
    return _decided(call, claim)


@api.post("/reviews/claims/decisions")
@signed_in(roles=REVIEWERS)
@refuses()
@api.input(ClaimReviewsIn, arg_name="body")
@api.output(ClaimReviewsOut)
def review_claims(call: Call, body: ClaimReviewsIn) -> ClaimReviewsOut:
    """Decide on several claims alike (批量审核), each by itself: one that is refused doesn't hold up the others."""
    review = Review(body.decision, body.comment)
    done, refused = reviews.review_many(call.db, claim_ids=body.ids, review_=review, caller=call.caller, now=call.now)
    return ClaimReviewsOut(
        reviewed=[_decided(call, claim) for claim in done],
        refused=[not_submitted(each.id, each.refusal) for each in refused],
    )


def _decided(call: Call, claim: Claim) -> ClaimReviewOut:
    facts = Shapes(call.db, [claim]).facts(claim)
    return ClaimReviewOut.model_validate({name: facts[name] for name in ClaimReviewOut.model_fields})


def _facts(found: WaitingClaim, shapes: Shapes) -> dict[str, object]:
    claim = found.claim
    more = {"person_id": claim.person_id, "waiting_since": claim.waiting_since, "likeness": claim.likeness}
    return shapes.facts(claim) | more
