"""The catalogue of claims: what people may claim for a day, and who may have issued the certificate."""

from apiflask import APIBlueprint

from credit.access import AUTHORITY
from credit.rules.claim_catalogue import catalogue_on
from credit.rules.issuers import find_issuers
from credit.rules.label_switches import switch_label
from foundation.clock import day_at_home
from service.api.claims.schemas.claim_catalogue import (
    CatalogueAsked,
    CatalogueOut,
    ClaimLabelIn,
    ClaimLabelState,
    IssuerList,
    IssuersAsked,
)
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("claim_catalogue", __name__, tag="Claims")


@api.get("/claim-catalogue")
@signed_in()
@refuses("no_rule_set")
@api.input(CatalogueAsked, location="query", arg_name="query")
@api.output(CatalogueOut)
def get_claim_catalogue(call: Call, query: CatalogueAsked) -> CatalogueOut:
    """Show what may be claimed for an activity of a day: labels, rules, ranks, quantities, limits (M-3.0.4, M-3.2)."""
    on = query.on or day_at_home(call.now)
    return CatalogueOut.of(catalogue_on(call.db, on), on)


@api.put("/claim-labels/<string:label>")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "claim_label_needed")
@api.input(ClaimLabelIn, arg_name="body")
@api.output(ClaimLabelState)
def put_claim_label(call: Call, label: str, body: ClaimLabelIn) -> ClaimLabelState:
    """Offer a label that means the same as another one, or stop offering it. Claims that were made with it stay."""
    switched = switch_label(call.db, code=label, is_on=body.is_on, reason=body.reason, caller=call.caller, now=call.now)
    return ClaimLabelState(code=switched.code, label=switched.label, is_on=body.is_on)


@api.get("/issuers")
@signed_in()
@refuses()
@api.input(IssuersAsked, location="query", arg_name="query")
@api.output(IssuerList)
def list_issuers(call: Call, query: IssuersAsked) -> IssuerList:
    """Find who may have issued a certificate (发证机构): one's own unit, other units, names typed before (M-3.1.3)."""
    return IssuerList.of(find_issuers(call.db, person_id=call.caller.person_id, q=query.q))
