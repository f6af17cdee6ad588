"""What is told of somebody's credits: the same to themselves and to those who look after them."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from credit.compliance.judging import CountedLine
from credit.compliance.lines import LineKey, Period, find_lines
from credit.compliance.totals import totals_of
from credit.compliance.year import judge_year
from service.api.credit.credit_shapes import Names, compliance_out, credit_out, summary_out, totals_out
from service.api.credit.schemas.my_credits import ComplianceAsked, ComplianceOut, CreditList, CreditsAsked, SummaryOut
from service.edge.cursor_keys import read_date, read_id
from service.edge.paging import CursorInvalid, cut, decode_cursor, encode_cursor


def credits_of(db: Session, *, person_id: uuid.UUID, query: CreditsAsked) -> CreditList:
    """A page of lines, newest first; the totals cover all of them, those that wait too (M-X.1)."""
    keys = decode_cursor(query.cursor, 2)
    found = find_lines(
        db,
        person_id=person_id,
        period=Period(query.first, query.last),
        status=query.status,
        after=LineKey(read_date(keys[0]), read_id(keys[1])) if keys else None,
        limit=query.limit + 1,
    )
    page, next_cursor = cut(found, query.limit, lambda last: [last.activity_on.isoformat(), str(last.id)])
    totals = totals_of(db, person_id=person_id, period=Period(query.first, query.last), status=query.status)
    names = Names(db, page)
    return CreditList(
        items=[credit_out(line, names) for line in page],
        next_cursor=next_cursor,
        totals=totals_out(totals),
    )


def compliance_of(
    db: Session, *, person_id: uuid.UUID, cme_number: str | None, query: ComplianceAsked
) -> ComplianceOut:
    """The verdict on a year: all of its lines count for it, and a page of them is shown."""
    year_result = judge_year(db, person_id=person_id, year=query.year)
    page, is_more = _page(year_result.compliance.lines, query)
    names = Names(db, [each.line for each in page])
    next_cursor = encode_cursor(str(page[-1].line.id)) if is_more else None
    return compliance_out(year_result, page, next_cursor, names, cme_number)


def summary_of(db: Session, *, person_id: uuid.UUID, year: int) -> SummaryOut:
    """The tree of a year."""
    return summary_out(judge_year(db, person_id=person_id, year=year))


def _page(lines: Sequence[CountedLine], query: ComplianceAsked) -> tuple[Sequence[CountedLine], bool]:
    """Raises CursorInvalid for a line that is not of this year, or not any more."""
    keys, begin = decode_cursor(query.cursor, 1), 0
    if keys:
        after = read_id(keys[0])
        places = [place for place, each in enumerate(lines) if each.line.id == after]
        if not places:
            raise CursorInvalid(field="cursor")
        begin = places[0] + 1
    return lines[begin : begin + query.limit], len(lines) > begin + query.limit
