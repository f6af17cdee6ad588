"""A person's result for a year: their lines and absences, judged by the rules in force.

It takes four statements, and two more if a standard over several years depends on the unit.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.judging import Absence, Compliance, judge, roll
from credit.compliance.lines import lines_of_years
from credit.rules.rule_book import in_force
from credit.rules.rule_sets import RollingStandard, RuleSet
from credit.rules.unit_grades import grades_of
from models.credit_records import CreditExemption


@dataclass(frozen=True)
class YearResult:
    """The result of a year, and the rule set that was used."""

    year: int
    rule_set: RuleSet
    absences: tuple[Absence, ...]
    compliance: Compliance


def judge_year(db: Session, *, holder: CreditHolder, year: int) -> YearResult:
    """Judge a person's year by the rules in force on its last day. Grants under other rules keep their credits."""
    rule_set = in_force(db, date(year, 12, 31))
    absences = absences_of(db, holder=holder, year=year)
    standards = _rolling(db, rule_set, holder)
    first = year + 1 - max([1, *(each.years for each in standards)])
    lines = lines_of_years(db, holder=holder, first=first, last=year)
    rolled = roll(rule_set, standards, lines, year)
    own = [line for line in lines if line.activity_on.year == year]
    return YearResult(year, rule_set, absences, judge(rule_set, own, absences, year, rolled))


def _rolling(db: Session, rule_set: RuleSet, holder: CreditHolder) -> tuple[RollingStandard, ...]:
    depends_on_unit = any(each.is_on and each.unit_grades for each in rule_set.rolling)
    return rule_set.rolling_for(grades_of(db, person_id=holder) if depends_on_unit else ())


def absences_of(db: Session, *, holder: CreditHolder, year: int) -> tuple[Absence, ...]:
    """Return the absences of a year that were not revoked."""
    rows = db.execute(
        select(CreditExemption.kind, CreditExemption.months)
        .where(CreditExemption.person_id == holder, CreditExemption.year == year)
        .where(CreditExemption.revoked_at.is_(None))
        .order_by(CreditExemption.id)
    )
    return tuple(Absence(kind, months) for kind, months in rows)
