"""My claims of credits (学分管理, M-3): entered, changed, deleted, submitted, withdrawn."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from credit.claims import claims, submissions
from credit.claims.claims import ClaimKey
from credit.claims.fields import ClaimFields
from service.api.claims.claim_shapes import Shapes, not_submitted
from service.api.claims.schemas.my_claims import (
    ClaimChange,
    ClaimList,
    ClaimNew,
    ClaimOut,
    ClaimsAsked,
    SubmissionsNew,
    SubmissionsOut,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_day_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_claims", __name__, tag="Claims")

_RULES = ("claims_not_opened", "claim_invalid", "too_many_credits", "same_day_study", "evidence_not_yours")
_SUBMISSION = ("already_recorded", "likely_recorded")


@api.post("/me/claims")
@signed_in()
@refuses(*_RULES, *_SUBMISSION)
@api.input(ClaimNew, arg_name="body")
@api.output(ClaimOut, status_code=201)
@with_names
def enter_claim(call: Call, body: ClaimNew) -> ClaimOut:
    """Enter a claim: as a draft (保存), or submitted at once (保存并上报). A draft obeys every rule of its fields."""
    facts = {name: getattr(body, name) for name in ClaimNew.model_fields.keys() - {"submit", "evidence"}}
    fields = ClaimFields(evidence=tuple(body.evidence), **facts)
    claim = claims.enter(call.db, fields=fields, caller=call.caller, now=call.now)
    if body.submit:
        claim = submissions.submit(call.db, claim_id=claim.id, caller=call.caller, now=call.now)
    return Shapes(call.db, [claim]).out(claim)


@api.get("/me/claims")
@signed_in()
@refuses()
@api.input(ClaimsAsked, location="query", arg_name="query")
@api.output(ClaimList)
@with_names
def list_my_claims(call: Call, query: ClaimsAsked) -> ClaimList:
    """Show my claims, newest day first (录入学分查询管理, M-3.3)."""
    sought = query.sought()
    page = paged(
        query,
        by_day_and_id(ClaimKey, "activity_on"),
        lambda after, limit: claims.list_own(call.db, caller=call.caller, sought=sought, after=after, limit=limit),
    )
    return ClaimList.of(page, Shapes(call.db, page.rows).out)


@api.get("/me/claims/<uuid:claim_id>")
@signed_in()
@refuses("not_found")
@api.output(ClaimOut)
@with_names
def get_my_claim(call: Call, claim_id: uuid.UUID) -> ClaimOut:
    """Show one of my claims."""
    claim = claims.get_own(call.db, claim_id=claim_id, caller=call.caller)
    return Shapes(call.db, [claim]).out(claim)


@api.patch("/me/claims/<uuid:claim_id>")
@signed_in()
@refuses("not_found", "claim_submitted", *_RULES)
@api.input(ClaimChange, arg_name="body")
@api.output(ClaimOut)
@with_names
def change_claim(call: Call, claim_id: uuid.UUID, body: ClaimChange) -> ClaimOut:
    """Change a draft or a claim that was returned. It is submitted by another call."""
    changes: dict[str, Any] = body.sent()
    if "evidence" in changes:
        changes["evidence"] = tuple(changes["evidence"])
    claim = claims.change(call.db, claim_id=claim_id, changes=changes, caller=call.caller, now=call.now)
    return Shapes(call.db, [claim]).out(claim)


@api.delete("/me/claims/<uuid:claim_id>")
@signed_in()
@refuses("not_found", "claim_submitted")
@api.output(Empty, status_code=204)
def delete_claim(call: Call, claim_id: uuid.UUID) -> Response:
    """Delete a draft or a claim that was returned."""
    claims.remove(call.db, claim_id=claim_id, caller=call.caller, now=call.now)
    return Response(status=204)


@api.post("/me/claims/submissions")
@signed_in()
@refuses("claims_not_opened")
@api.input(SubmissionsNew, arg_name="body")
@api.output(SubmissionsOut)
def submit_claims(call: Call, body: SubmissionsNew) -> SubmissionsOut:
    """Submit claims for review (批量上报), each by itself: one that is refused doesn't hold up the others."""
    done, refused = submissions.submit_many(call.db, claim_ids=body.ids, caller=call.caller, now=call.now)
    return SubmissionsOut(submitted=done, refused=[not_submitted(each.id, each.refusal) for each in refused])


@api.post("/me/claims/<uuid:claim_id>/withdrawal")
@signed_in()
@refuses("not_found", "claim_not_waiting")
@api.output(ClaimOut)
@with_names
def withdraw_claim(call: Call, claim_id: uuid.UUID) -> ClaimOut:
    """Take a submitted claim back (撤回), as long as nobody has reviewed it. It is a draft then."""
    claim = submissions.withdraw(call.db, claim_id=claim_id, caller=call.caller, now=call.now)
    return Shapes(call.db, [claim]).out(claim)
