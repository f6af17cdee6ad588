"""The credits of another person, for the authority and the admins of their unit. Each request is audited."""

import uuid

from apiflask import APIBlueprint

from credit.access import CREDIT_ADMINS, PersonWithin, holder_within, look_at
from service.api.credit.credit_answers import compliance_of, credits_of, summary_of
from service.api.credit.schemas.my_credits import (
    ComplianceAsked,
    ComplianceOut,
    CreditList,
    CreditsAsked,
    SummaryOut,
    YearAsked,
)
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("people_credits", __name__, tag="Credit records")


@api.get("/people/<uuid:person_id>/credits")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(CreditsAsked, location="query", arg_name="query")
@api.output(CreditList)
def list_credits(call: Call, person_id: uuid.UUID, query: CreditsAsked) -> CreditList:
    """Show the credits of a person in my units, as they see them. `GET /people?cme_number=` returns their id."""
    person = _look(call, person_id, "credits", dict(query.days()))
    return credits_of(call.db, holder=holder_within(person), query=query)


@api.get("/people/<uuid:person_id>/compliance")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(ComplianceAsked, location="query", arg_name="query")
@api.output(ComplianceOut)
def get_compliance(call: Call, person_id: uuid.UUID, query: ComplianceAsked) -> ComplianceOut:
    """Show whether a year of a person in my units meets the standard, as they see it."""
    person = _look(call, person_id, "compliance", {"year": query.year_at(call.now)})
    return compliance_of(call.db, holder=holder_within(person), cme_number=person.cme_number, query=query, now=call.now)


@api.get("/people/<uuid:person_id>/compliance/summary")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(YearAsked, location="query", arg_name="query")
@api.output(SummaryOut)
def get_summary(call: Call, person_id: uuid.UUID, query: YearAsked) -> SummaryOut:
    """Show a year of a person in my units by category, as they see it."""
    person = _look(call, person_id, "summary", {"year": query.year_at(call.now)})
    return summary_of(call.db, holder=holder_within(person), year=query.year_at(call.now))


def _look(call: Call, person_id: uuid.UUID, what: str, asked: dict[str, str | int]) -> PersonWithin:
    """Return the person and audit the request. The answer is sent only if the audit entry is committed."""
    return look_at(call.db, person_id=person_id, what=what, asked=asked, caller=call.caller, now=call.now)
