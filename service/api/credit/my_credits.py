"""My credits (学分情况查询), whether my year meets the standard (达标情况查询), and its summary by category."""

import uuid

from apiflask import APIBlueprint

from models.people import Person
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
from service.edge.calls import Call
from service.edge.refusals import refuses

api = APIBlueprint("my_credits", __name__, tag="Credits")


@api.get("/me/credits")
@signed_in()
@refuses()
@api.input(CreditsAsked, location="query", arg_name="query")
@api.output(CreditList)
def list_my_credits(call: Call, query: CreditsAsked) -> CreditList:
    """My credits of a period, newest first (M-4.1). The totals cover all of them, those that wait too (M-X.1)."""
    return credits_of(call.db, person_id=call.caller.person_id, query=query)


@api.get("/me/compliance")
@signed_in()
@refuses()
@api.input(ComplianceAsked, location="query", arg_name="query")
@api.output(ComplianceOut)
def get_my_compliance(call: Call, query: ComplianceAsked) -> ComplianceOut:
    """Show whether my year meets the standard, what was not counted and why, and what is missing (M-4.2, X-4)."""
    mine = call.caller.person_id
    return compliance_of(call.db, person_id=mine, cme_number=my_number(call, mine), query=query)


@api.get("/me/compliance/summary")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@api.output(SummaryOut)
def get_my_summary(call: Call, query: YearAsked) -> SummaryOut:
    """My year along the tree of categories (各类学分汇总, figure 9), zero rows too; approved credits alone (M-X.2)."""
    return summary_of(call.db, person_id=call.caller.person_id, year=query.year)


def my_number(call: Call, person_id: uuid.UUID) -> str | None:
    """Return the 继教编号 that stands on every line of figure 8."""
    return call.db.get_one(Person, person_id).cme_number
