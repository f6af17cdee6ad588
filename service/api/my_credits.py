"""My credits (学分情况查询), whether my year meets the standard (达标情况查询), and its summary by category."""

import uuid

from apiflask import APIBlueprint

from credit.lines import LineKey, Period, find_lines
from credit.standing import standing_of
from credit.totals import totals_of
from models.people import Person
from models.transactions import read_only
from service.access import caller, signed_in
from service.api.credit_shapes import Names, compliance_out, credit_out, summary_out, totals_out
from service.api.cursor_keys import read_date, read_id
from service.api.schemas.my_credits import ComplianceOut, CreditList, CreditsAsked, SummaryOut, YearAsked
from service.database import db
from service.endpoint import refuses
from service.paging import decode_cursor, encode_cursor

api = APIBlueprint("my_credits", __name__, tag="Credits")


@api.get("/me/credits")
@signed_in()
@refuses()
@api.input(CreditsAsked, location="query", arg_name="query")
@api.output(CreditList)
def list_my_credits(query: CreditsAsked) -> CreditList:
    """My credits of a period, newest first (M-4.1). The totals cover all of them, those that wait too (M-X.1)."""
    keys = decode_cursor(query.cursor, 2)
    after = LineKey(read_date(keys[0]), read_id(keys[1])) if keys else None
    period, person_id = Period(query.first, query.last), caller().person_id
    with read_only(db.session()):
        found = find_lines(
            db.session(),
            person_id=person_id,
            period=period,
            status=query.status,
            after=after,
            limit=query.limit + 1,
        )
        totals = totals_of(db.session(), person_id=person_id, period=period, status=query.status)
        names = Names(db.session())
        page = [credit_out(line, names) for line in found[: query.limit]]
    last = found[query.limit - 1] if len(found) > query.limit else None
    return CreditList(
        items=page,
        next_cursor=encode_cursor(last.activity_on.isoformat(), str(last.id)) if last else None,
        totals=totals_out(totals),
    )


@api.get("/me/compliance")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@api.output(ComplianceOut)
def get_my_compliance(query: YearAsked) -> ComplianceOut:
    """Whether my year meets the standard, what was not counted and why, and what is missing (M-4.2, X-4)."""
    with read_only(db.session()):
        standing = standing_of(db.session(), person_id=caller().person_id, year=query.year)
        names, number = Names(db.session()), my_number(caller().person_id)
        return compliance_out(standing, names, number)


@api.get("/me/compliance/summary")
@signed_in()
@refuses()
@api.input(YearAsked, location="query", arg_name="query")
@api.output(SummaryOut)
def get_my_summary(query: YearAsked) -> SummaryOut:
    """My year along the tree of categories (各类学分汇总, figure 9), zero rows too; approved credits alone (M-X.2)."""
    with read_only(db.session()):
        standing = standing_of(db.session(), person_id=caller().person_id, year=query.year)
    return summary_out(standing)


def my_number(person_id: uuid.UUID) -> str | None:
    """The 继教编号 that stands on every line of figure 8."""
    return db.session().get_one(Person, person_id).cme_number
