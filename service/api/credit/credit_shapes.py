"""Turns credit lines and results of years into bodies for the API and rows for spreadsheets."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from credit.compliance.category_tree import summarize
from credit.compliance.judging import CountedLine
from credit.compliance.lines import CreditLine, whole_year
from credit.compliance.totals import Totals
from credit.compliance.year import YearResult
from credit.rules.rule_book import DEFAULT, get_rule_sets
from service.api.credit.schemas.my_credits import (
    ComplianceItem,
    ComplianceOut,
    CompliancePeriod,
    CreditOut,
    SummaryOut,
    SummaryRowOut,
    TotalsOut,
)
from service.edge.answers.paging import Paged


class Names:
    """The category names of some lines, from the rule set of each. A waiting line uses the default rule set."""

    def __init__(self, db: Session, lines: Iterable[CreditLine]) -> None:
        self._sets = get_rule_sets(db, {_rules_of(line) for line in lines})

    def of(self, line: CreditLine) -> str:
        """Return the name of a line's category, or its code if the rule set does not have it any more."""
        category = self._sets[_rules_of(line)].find_category(line.category)
        return category.name if category else line.category


def _rules_of(line: CreditLine) -> tuple[str, int]:
    return (line.rule_set, line.rule_set_version) if line.rule_set and line.rule_set_version else DEFAULT


def credit_out(line: CreditLine, names: Names) -> CreditOut:
    """Return one line of credits as a body."""
    return CreditOut(**_shared(line, names))


def totals_out(totals: Totals) -> TotalsOut:
    """Return the footer of figure 7. It prints other credits of zero as `0`, without decimals (M-X.6)."""
    return TotalsOut(
        credits=str(totals.credits),
        hours=str(totals.hours),
        class_I=str(totals.class_i),
        class_II=str(totals.class_ii),
        other=str(totals.other) if totals.other else "0",
    )


def compliance_out(
    year_result: YearResult, page: Paged[CountedLine], names: Names, cme_number: str | None
) -> ComplianceOut:
    """Return the result of a year as a body, with a page of its lines."""
    found, period = year_result.compliance, whole_year(year_result.year)
    kinds = {kind.code: kind.name for kind in year_result.rule_set.exemptions}
    return ComplianceOut(
        year=year_result.year,
        period=CompliancePeriod(first=period.first, last=period.last),
        result=found.result,
        record_count=len(found.lines),
        items=[_item(each, names, cme_number) for each in page.rows],
        next_cursor=page.next_cursor,
        required={name: str(amount) for name, amount in found.required.named().items()},
        have={name: str(amount) for name, amount in found.have.named().items()},
        missing={name: str(amount) for name, amount in found.missing.items()},
        exemptions=[kinds.get(absence.kind, absence.kind) for absence in year_result.absences],
        rule_set=year_result.rule_set.code,
        rule_set_version=year_result.rule_set.version,
    )


def summary_out(year_result: YearResult) -> SummaryOut:
    """Return the summary of a year by category as a body."""
    rows = summarize(year_result.rule_set, year_result.compliance.lines)
    return SummaryOut(
        year=year_result.year,
        rows=[
            SummaryRowOut(
                code=row.code,
                name=row.name,
                credit_class=row.credit_class,
                credits=str(row.credits),
                hours=str(row.hours),
            )
            for row in rows
        ],
    )


def _shared(line: CreditLine, names: Names) -> dict[str, object]:
    return {
        "id": line.id,
        "date": line.activity_on,
        "number": line.activity_number,
        "name": line.activity_name,
        "activity_type": line.activity_type,
        "category": line.category,
        "level": names.of(line),
        "role": line.source_role,
        "discipline": line.discipline,
        "delivery_mode": line.delivery_mode,
        "hours": str(line.hours),
        "credits": str(line.credits),
        "status": line.status,
        "review_comment": line.review_comment,
        "recorded_by": line.recorded_by_unit,
        "rule": line.rule_code,
        "rule_set": line.rule_set,
        "rule_set_version": line.rule_set_version,
    }


def _item(each: CountedLine, names: Names, cme_number: str | None) -> ComplianceItem:
    return ComplianceItem(
        **_shared(each.line, names),
        cme_number=cme_number,
        credit_class=each.category.credit_class if each.category else None,
        counted=str(each.counted),
        reason=each.reason,
    )
