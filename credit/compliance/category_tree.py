"""Sums a year's credits by the tree of categories (各类学分汇总, figure 9), rows with zero included. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from credit.compliance.judging import CountedLine
from credit.compliance.lines import LineStatus
from credit.rules.rule_sets import RuleSet

TOTAL = "总学分"


@dataclass(frozen=True)
class SummaryRow:
    """One row of the tree. credit_class: None in the total row, and if the rule set has no classes."""

    code: str
    name: str
    credit_class: str | None
    credits: Decimal
    hours: Decimal


def summarize(rule_set: RuleSet, counted: Iterable[CountedLine]) -> list[SummaryRow]:
    """Add the counted lines up: the total, each class with its categories below it, then those without a class."""
    approved = [each for each in counted if each.line.status is LineStatus.APPROVED]
    rows = [_row("TOTAL", TOTAL, None, approved)]
    for credit_class in (*(each.code for each in rule_set.classes), None):
        inside = [each for each in rule_set.categories if each.credit_class == credit_class]
        for known in rule_set.classes:
            if known.code == credit_class:
                within = [each for each in approved if each.category in inside]
                rows.append(_row(known.code, known.name, known.code, within))
                inside = [each for each in inside if each.name != known.name]  # 其他学分 is a class of one category
        for category in inside:
            below = [each for each in approved if each.category == category]
            rows.append(_row(category.code, category.name, credit_class, below))
    return rows


def _row(code: str, name: str, credit_class: str | None, lines: list[CountedLine]) -> SummaryRow:
    credits = sum((each.counted for each in lines), Decimal("0.00"))
    return SummaryRow(code, name, credit_class, credits, sum((each.line.hours for each in lines), Decimal("0.0")))
