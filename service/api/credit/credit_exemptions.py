"""Exemptions (免修) of a person, kept by their unit or the authority."""

import uuid

from apiflask import APIBlueprint

from credit.access import CREDIT_ADMINS, get_person_within
from credit.compliance import exemptions
from credit.compliance.exemptions import NewExemption
from foundation.transactions import read_only
from service.api.credit.schemas.credit_exemptions import ExemptionList, ExemptionNew, ExemptionOut, ExemptionRevocation
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.components import parts
from service.edge.cursor_keys import read_id
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("credit_exemptions", __name__, tag="Credits")


@api.post("/people/<uuid:person_id>/credit-exemptions")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found", "exemption_unknown", "second_admin_needed")
@api.input(ExemptionNew, arg_name="body")
@api.output(ExemptionOut, status_code=201)
def record_exemption(person_id: uuid.UUID, body: ExemptionNew) -> ExemptionOut:
    """Record an absence that lowers somebody's standard of a year; it gives no credits."""
    person = get_person_within(db.session(), person_id=person_id, caller=caller())
    new = NewExemption(**body.model_dump())
    made = exemptions.record_exemption(db.session(), person=person, new=new, caller=caller(), now=parts().clock.now())
    return ExemptionOut.model_validate(made)


@api.get("/people/<uuid:person_id>/credit-exemptions")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ExemptionList)
def list_exemptions(person_id: uuid.UUID, query: Page) -> ExemptionList:
    """All absences of a person, revoked ones too, newest first."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        person = get_person_within(db.session(), person_id=person_id, caller=caller())
        found = exemptions.list_exemptions(db.session(), person=person, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.id)])
    return ExemptionList(
        items=[ExemptionOut.model_validate(each) for each in page],
        next_cursor=next_cursor,
    )


@api.post("/credit-exemptions/<uuid:exemption_id>/revocation")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found")
@api.input(ExemptionRevocation, arg_name="body")
@api.output(ExemptionOut)
def revoke_exemption(exemption_id: uuid.UUID, body: ExemptionRevocation) -> ExemptionOut:
    """Revoke an absence that was recorded wrongly; it stays on file."""
    revoked = exemptions.revoke_exemption(
        db.session(), exemption_id=exemption_id, reason=body.reason, caller=caller(), now=parts().clock.now()
    )
    return ExemptionOut.model_validate(revoked)
