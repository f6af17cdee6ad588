"""My credits (学分情况查询), whether my year meets the standard (达标情况查询), and its summary by category."""

from apiflask import APIBlueprint

from credit.access import holder_of_own
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
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_credits", __name__, tag="Credits")


@api.get("/me/credits")
@signed_in(opens_to_out_of_province=True)
@refuses()
@api.input(CreditsAsked, location="query", arg_name="query")
@api.output(CreditList)
def list_my_credits(call: Call, query: CreditsAsked) -> CreditList:
    """Show my credits of a period, newest first (M-4.1). The totals are of all of them, waiting ones too (M-X.1)."""
    return credits_of(call.db, holder=holder_of_own(call.caller), query=query)


@api.get("/me/compliance")
@signed_in()
@refuses()
@api.input(ComplianceAsked, location="query", arg_name="query")
@api.output(ComplianceOut)
def get_my_compliance(call: Call, query: ComplianceAsked) -> ComplianceOut:
    """Show whether my year meets the standard, with the credits not counted, the reasons and the gaps (M-4.2, X-4)."""
    return compliance_of(
        call.db, holder=holder_of_own(call.caller), cme_number=my_number(call), query=query, now=call.now
    )


@api.get("/me/compliance/summary")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@api.output(SummaryOut)
def get_my_summary(call: Call, query: YearAsked) -> SummaryOut:
    """Show my year by category (各类学分汇总, figure 9): approved credits only (M-X.2), and rows of zero too."""
    return summary_of(call.db, holder=holder_of_own(call.caller), year=query.year_at(call.now))


def my_number(call: Call) -> str | None:
    """Return the caller's 继教编号, which stands on each line of figure 8."""
    return call.db.get_one(Person, call.caller.person_id).cme_number
