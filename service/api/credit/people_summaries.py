"""The summaries of another person, for the authority and the admins of their unit. Each request is audited."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from credit.access import CREDIT_ADMINS, holder_within, look_at
from service.api.credit.schemas.my_credits import YearAsked
from service.api.credit.schemas.summaries import YearsAsked
from service.api.credit.summary_files import page_of, pdf_of, span_of
from service.api.credit.year_summaries import summary_of_years
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call

api = APIBlueprint("people_summaries", __name__, tag="Credit records")

_PDF = "application/pdf"


@api.get("/people/<uuid:person_id>/summaries/annual.pdf")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(YearAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=_PDF)
def get_annual_summary_of(call: Call, person_id: uuid.UUID, query: YearAsked) -> Response:
    """Give a year of a person in my units as a PDF, as they get it."""
    year = query.year_at(call.now)
    return pdf_of(call, _summary(call, person_id, [year]), f"summary-{year}.pdf")


@api.get("/people/<uuid:person_id>/summaries/annual.html")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(YearAsked, location="query", arg_name="query")
@api.output(FileSchema(type="string"), content_type="text/html")
def show_annual_summary_of(call: Call, person_id: uuid.UUID, query: YearAsked) -> Response:
    """Show a year of a person in my units as a page to print, as they see it."""
    return page_of(_summary(call, person_id, [query.year_at(call.now)]))


@api.get("/people/<uuid:person_id>/summaries/multi-year.pdf")
@signed_in(roles=CREDIT_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(YearsAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=_PDF)
def get_multi_year_summary_of(call: Call, person_id: uuid.UUID, query: YearsAsked) -> Response:
    """Give one to five years of a person in my units as one PDF, as they get it."""
    years = query.listed()
    return pdf_of(call, _summary(call, person_id, years, is_multi=True), f"summary-{span_of(years)}.pdf")


def _summary(call: Call, person_id: uuid.UUID, years: list[int], *, is_multi: bool = False) -> dict[str, object]:
    """Return the summary and audit the request. It is sent only if the audit entry is committed."""
    asked = {"years": ",".join(map(str, years))}
    person = look_at(
        call.db, person_id=person_id, what="annual_summary", asked=dict(asked), caller=call.caller, now=call.now
    )
    holder = holder_within(person)
    return summary_of_years(call.db, holder=holder, person=person, years=years, is_multi=is_multi, now=call.now)
