"""Whether a year's credits meet the standard (达标), what was not counted and why, and what is missing. Pure.

Caps are applied here and nowhere else: first what one project may count, then what a rule may count a year, then what a
group of rules may; in the order of days, so that the same rows always give the same answer.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from credit.errors import NoRule
from credit.lines import CreditLine, LineStatus
from credit.rule_sets import Category, Rule, RuleSet
from credit.rules import PROJECT_CAP, rule_for

YEAR_CAP, GROUP_CAP, NOT_APPROVED = "year_cap", "group_cap", "not_approved"
_NOTHING = Decimal("0.00")
_MONTHS = Decimal(12)


class Result(enum.StrEnum):
    """达标, 未达标, 未作要求 (O-14)."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_REQUIRED = "not_required"


@dataclass(frozen=True)
class Absence:
    """Months for which the standard is lowered or lifted. kind: a code of the rule set's exemptions."""

    kind: str
    months: int


@dataclass(frozen=True)
class CountedLine:
    """A line as the standard counts it. category: its row in the tree, None for a code that the set doesn't know.

    counted: after all caps; reason: why it is less than the raw credits, if it is.
    """

    line: CreditLine
    category: Category | None
    counted: Decimal
    reason: str | None
    completes_year: bool


@dataclass(frozen=True)
class Measures:
    """Credits, hours, and credits by class; None for what is not asked for."""

    credits: Decimal | None
    hours: Decimal | None
    classes: dict[str, Decimal]


@dataclass(frozen=True)
class Compliance:
    """The verdict on one year. missing: by measure, what is short; nothing where the standard is met or not asked."""

    result: Result
    lines: tuple[CountedLine, ...]
    required: Measures
    have: Measures
    missing: dict[str, Decimal]


def judge(rule_set: RuleSet, lines: Sequence[CreditLine], absences: Iterable[Absence], year: int) -> Compliance:
    """Judge a year's lines by a rule set. lines: in the order of their days; thresholds are inclusive (M-X.3)."""
    counted = count(rule_set, lines)
    have = _have(rule_set, counted)
    is_lifted, is_complete, months = _absent(rule_set, absences)
    required = _required(rule_set, months)
    missing = _missing(required, have)
    asks = any(value for value in (required.credits, required.hours, *required.classes.values()))
    if is_lifted or not asks or year < rule_set.effective_on.year:
        result = Result.NOT_REQUIRED
    elif is_complete or any(each.completes_year for each in counted) or not missing:
        result = Result.MET
    else:
        result = Result.NOT_MET
    return Compliance(result, counted, required, have, missing if result is Result.NOT_MET else {})


def count(rule_set: RuleSet, lines: Iterable[CreditLine]) -> tuple[CountedLine, ...]:
    """What each line counts after all caps. A line that is not approved counts nothing."""
    left = {group.code: group.cap_year for group in rule_set.cap_groups}
    left_of_rule = {rule.code: rule.cap_year for rule in rule_set.rules if rule.cap_year is not None}
    return tuple(_count_one(rule_set, line, left, left_of_rule) for line in lines)


def _count_one(
    rule_set: RuleSet, line: CreditLine, left: dict[str, Decimal], left_of_rule: dict[str, Decimal]
) -> CountedLine:
    category, rule = rule_set.find_category(line.category), _rule_of(rule_set, line)
    if line.status is not LineStatus.APPROVED:
        return CountedLine(line, category, _NOTHING, NOT_APPROVED, completes_year=False)
    counts, reason = line.counted, PROJECT_CAP if line.counted < line.credits else None
    if rule is None:
        return CountedLine(line, category, counts, reason, completes_year=False)
    if rule.cap_project is not None and counts > rule.cap_project:
        counts, reason = rule.cap_project, PROJECT_CAP
    if rule.code in left_of_rule:
        if counts > left_of_rule[rule.code]:
            counts, reason = left_of_rule[rule.code], YEAR_CAP
        left_of_rule[rule.code] -= counts
    if rule.cap_group is not None:
        before = counts
        counts = min(counts, left[rule.cap_group])
        reason = GROUP_CAP if counts < before else reason
        left[rule.cap_group] -= counts
    return CountedLine(line, category, counts, reason, rule.completes_year)


def _rule_of(rule_set: RuleSet, line: CreditLine) -> Rule | None:
    """The rule of this set that fits: its own by code, for a row of another set the one for its category."""
    own = rule_set.find_rule(line.rule_code) if line.rule_code and line.rule_set == rule_set.code else None
    if own is not None:
        return own
    try:
        return rule_for(rule_set, line.category, line.source_role, line.delivery_mode)
    except NoRule:
        return None


def _have(rule_set: RuleSet, counted: Iterable[CountedLine]) -> Measures:
    classes = {each.code: _NOTHING for each in rule_set.classes}
    credits, hours = _NOTHING, Decimal("0.0")
    for each in counted:
        credits += each.counted
        if each.line.status is LineStatus.APPROVED:
            hours += each.line.hours
        # what completes a year by itself is no part of either class: the two don't stand in for each other
        if each.category is not None and each.category.credit_class is not None and not each.completes_year:
            classes[each.category.credit_class] += each.counted
    return Measures(credits, hours, classes)


def _absent(rule_set: RuleSet, absences: Iterable[Absence]) -> tuple[bool, bool, int]:
    """Whether the standard is lifted, whether it counts as met, and the months by which it is lowered."""
    kinds = {kind.code: kind for kind in rule_set.exemptions}
    together: dict[str, int] = {}
    for absence in absences:
        together[absence.kind] = together.get(absence.kind, 0) + absence.months
    effects = []
    for code, months in together.items():
        kind = kinds.get(code)
        if kind is not None:
            effects.append((kind.effect if months >= kind.from_months else kind.below, months))
    lowered = min(12, sum(months for effect, months in effects if effect == "prorate"))
    names = [effect for effect, _ in effects]
    return "exempt" in names, "complete" in names, lowered


def _required(rule_set: RuleSet, months: int) -> Measures:
    share = (_MONTHS - months) / _MONTHS
    standard = rule_set.standard

    def lowered(whole: Decimal | None, step: str) -> Decimal | None:
        return None if whole is None else (whole * share).quantize(Decimal(step), ROUND_HALF_UP)

    classes = {code: lowered(least, "0.01") or _NOTHING for code, least in standard.classes.items()}
    return Measures(lowered(standard.credits, "0.01"), lowered(standard.hours, "0.1"), classes)


def _missing(required: Measures, have: Measures) -> dict[str, Decimal]:
    pairs = [("credits", required.credits, have.credits), ("hours", required.hours, have.hours)]
    pairs += [(f"class_{code}", least, have.classes[code]) for code, least in required.classes.items()]
    return {
        name: least - there for name, least, there in pairs if least is not None and there is not None and there < least
    }
