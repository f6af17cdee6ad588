"""My credits, my year and its summary as workbooks (导出Excel)."""

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from credit.access import holder_of_own
from credit.compliance.category_tree import summarize
from credit.compliance.lines import Period, find_lines
from credit.compliance.totals import totals_of
from credit.compliance.year import judge_year
from service.api.credit.credit_shapes import Names
from service.api.credit.credit_sheets import (
    COMPLIANCE_TITLES,
    CREDIT_TITLES,
    SUMMARY_TITLES,
    compliance_lines,
    credit_lines,
    summary_lines,
)
from service.api.credit.my_credits import my_number
from service.api.credit.schemas.my_credits import PeriodAsked, YearAsked
from service.edge.access import signed_in
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("my_credit_sheets", __name__, tag="Credits")


@api.get("/me/credits.xlsx")
@signed_in(opens_to_out_of_province=True)
@refuses()
@api.input(PeriodAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_credits_sheet(call: Call, query: PeriodAsked) -> Response:
    """Show all my credits of a period as a workbook, with the totals below (M-4.1.9)."""
    period, holder = Period(query.first, query.last), holder_of_own(call.caller)
    lines = find_lines(call.db, holder=holder, period=period, status=query.wanted, after=None, limit=None)
    totals = totals_of(call.db, holder=holder, period=period, status=query.wanted)
    data = xlsx_bytes(CREDIT_TITLES, credit_lines(lines, totals, Names(call.db, lines)), name="学分情况")
    return attachment(data, XLSX, f"credits{_period(query)}.xlsx")


@api.get("/me/compliance.xlsx")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_compliance_sheet(call: Call, query: YearAsked) -> Response:
    """Show my year as a workbook: each line with its counted credits."""
    year = query.year_at(call.now)
    year_result = judge_year(call.db, holder=holder_of_own(call.caller), year=year)
    names = Names(call.db, [each.line for each in year_result.compliance.lines])
    lines = compliance_lines(year_result, names, my_number(call))
    data = xlsx_bytes(COMPLIANCE_TITLES, lines, name="达标情况")
    return attachment(data, XLSX, f"compliance-{year}.xlsx")


@api.get("/me/compliance/summary.xlsx")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_summary_sheet(call: Call, query: YearAsked) -> Response:
    """Show my year by category as a workbook."""
    year = query.year_at(call.now)
    year_result = judge_year(call.db, holder=holder_of_own(call.caller), year=year)
    rows = summarize(year_result.rule_set, year_result.compliance.lines)
    data = xlsx_bytes(SUMMARY_TITLES, summary_lines(rows), name="学分汇总")
    return attachment(data, XLSX, f"summary-{year}.xlsx")


def _period(query: PeriodAsked) -> str:
    """Return the days of a file's name: none that nobody chose."""
    days = query.days()
    return "".join(f"-{day}" if len(days) > 1 else f"-{name}-{day}" for name, day in days.items())
