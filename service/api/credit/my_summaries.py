"""My annual and multi-year summaries of credits (学分年度汇总表, 多年度汇总表; M-11), to print and to keep."""

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from credit.access import holder_of_own
from models.people import Person
from service.api.credit.schemas.my_credits import YearAsked
from service.api.credit.schemas.summaries import YearsAsked
from service.api.credit.summary_files import page_of, pdf_of, span_of
from service.api.credit.year_summaries import summary_of_years
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call

api = APIBlueprint("my_summaries", __name__, tag="Credits")

_PDF = "application/pdf"


@api.get("/me/summaries/annual.pdf")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=_PDF)
def get_annual_summary(call: Call, query: YearAsked) -> Response:
    """Give my year as a PDF: each line, the totals by class, and the result with its standard (M-11.2)."""
    year = query.year_at(call.now)
    return pdf_of(call, _summary(call, [year]), f"summary-{year}.pdf")


@api.get("/me/summaries/annual.html")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@api.output(FileSchema(type="string"), content_type="text/html")
def show_annual_summary(call: Call, query: YearAsked) -> Response:
    """Show my year as a page to print from the browser, without a script (打印, M-11.2)."""
    return page_of(_summary(call, [query.year_at(call.now)]))


@api.get("/me/summaries/multi-year.pdf")
@signed_in()
@refuses()
@api.input(YearsAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=_PDF)
def get_multi_year_summary(call: Call, query: YearsAsked) -> Response:
    """Give one to five of my years as one PDF, with a table of all above (M-11.3).

    A client offers the last three years, chosen already (O-27); the service chooses none by itself.
    """
    years = query.listed()
    return pdf_of(call, _summary(call, years, is_multi=True), f"summary-{span_of(years)}.pdf")


def _summary(call: Call, years: list[int], *, is_multi: bool = False) -> dict[str, object]:
    me = call.db.get_one(Person, call.caller.person_id)
    holder = holder_of_own(call.caller)
    return summary_of_years(call.db, holder=holder, person=me, years=years, is_multi=is_multi, now=call.now)
