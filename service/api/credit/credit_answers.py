"""Builds the answers about a person's credits, for the person and for the admins of their unit."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.judging import CountedLine
from credit.compliance.lines import LineKey, Period, find_lines
from credit.compliance.totals import both_totals_of
from credit.compliance.year import judge_year
from service.api.credit.credit_shapes import Names, compliance_out, credit_out, summary_out, totals_out
from service.api.credit.schemas.my_credits import ComplianceAsked, ComplianceOut, CreditList, CreditsAsked, SummaryOut
from service.edge.answers.cursor_keys import CursorInvalid, by_day_and_id, by_id
from service.edge.answers.paging import paged


def credits_of(db: Session, *, holder: CreditHolder, query: CreditsAsked) -> CreditList:
    """Return a page of lines, newest first. The totals are of all lines, waiting ones too (M-X.1)."""
    page = paged(
        query,
        by_day_and_id(LineKey, "activity_on"),
        lambda after, limit: find_lines(
            db,
            holder=holder,
            period=Period(query.first, query.last),
            status=query.wanted,
            after=after,
            limit=limit,
        ),
    )
    period = Period(query.first, query.last)
    totals, approved = both_totals_of(db, holder=holder, period=period, status=query.wanted)
    names = Names(db, page.rows)
    return CreditList.of(
        page,
        lambda line: credit_out(line, names),
        totals=totals_out(totals),
        approved_totals=totals_out(approved),
    )


def compliance_of(
    db: Session, *, holder: CreditHolder, cme_number: str | None, query: ComplianceAsked, now: datetime
) -> ComplianceOut:
    """Return the result of a year with a page of its lines. All lines of the year are judged."""
    year_result = judge_year(db, holder=holder, year=query.year_at(now))
    lines = year_result.compliance.lines
    page = paged(query, by_id("line.id"), lambda after, limit: _lines_after(lines, after, limit))
    names = Names(db, [each.line for each in page.rows])
    return compliance_out(year_result, page, names, cme_number)


def summary_of(db: Session, *, holder: CreditHolder, year: int) -> SummaryOut:
    """Return the summary of a year by category."""
    return summary_out(judge_year(db, holder=holder, year=year))


def _lines_after(lines: Sequence[CountedLine], after: uuid.UUID | None, limit: int) -> Sequence[CountedLine]:
    """Return the lines after one. Raises CursorInvalid if that line is not in this year any more."""
    if after is None:
        return lines[:limit]
    places = [place for place, each in enumerate(lines) if each.line.id == after]
    if not places:
        raise CursorInvalid(field="cursor")
    begin = places[0] + 1
    return lines[begin : begin + limit]
