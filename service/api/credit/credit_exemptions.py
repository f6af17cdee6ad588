"""Exemptions (免修) of a person, recorded by their unit or the authority."""

import uuid

from apiflask import APIBlueprint

from credit.access import CREDIT_ADMINS, get_person_within
from credit.compliance import exemptions
from credit.compliance.exemptions import NewExemption
from service.api.credit.schemas.credit_exemptions import ExemptionList, ExemptionNew, ExemptionOut, ExemptionRevocation
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("credit_exemptions", __name__, tag="Credit records")


@api.post("/people/<uuid:person_id>/credit-exemptions")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found", "role_too_high", "exemption_unknown", "second_admin_needed")
@api.input(ExemptionNew, arg_name="body")
@api.output(ExemptionOut, status_code=201)
@with_names
def record_exemption(call: Call, person_id: uuid.UUID, body: ExemptionNew) -> ExemptionOut:
    """Record an absence that lowers a person's standard of a year. It gives no credits."""
    person = get_person_within(call.db, person_id=person_id, caller=call.caller)
    new = NewExemption(**body.model_dump())
    made = exemptions.record_exemption(call.db, person=person, new=new, caller=call.caller, now=call.now)
    return ExemptionOut.model_validate(made)


@api.get("/people/<uuid:person_id>/credit-exemptions")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ExemptionList)
@with_names
def list_exemptions(call: Call, person_id: uuid.UUID, query: Page) -> ExemptionList:
    """Show all absences of a person, revoked ones too, newest first."""
    person = get_person_within(call.db, person_id=person_id, caller=call.caller)
    page = paged(
        query, BY_ID, lambda after, limit: exemptions.list_exemptions(call.db, person=person, after=after, limit=limit)
    )
    return ExemptionList.of(page, ExemptionOut.model_validate)


@api.post("/credit-exemptions/<uuid:exemption_id>/revocation")
@signed_in(roles=CREDIT_ADMINS, asks_otp=True)
@refuses("not_found", "role_too_high")
@api.input(ExemptionRevocation, arg_name="body")
@api.output(ExemptionOut)
@with_names
def revoke_exemption(call: Call, exemption_id: uuid.UUID, body: ExemptionRevocation) -> ExemptionOut:
    """Revoke an absence that was recorded wrongly. It stays in the list."""
    revoked = exemptions.revoke_exemption(
        call.db, exemption_id=exemption_id, reason=body.reason, caller=call.caller, now=call.now
    )
    return ExemptionOut.model_validate(revoked)
