"""Judges whether a year's credits meet the standard (达标), what was not counted and why, and what is missing. Pure.

Caps are applied only here: first the cap of one project, then the cap of a rule in a year, then the cap of a group of
rules. Lines are taken in the order of their days, so that the same rows always give the same answer. A standard over
several years uses the same caps, year by year.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from credit.compliance.lines import CreditLine, LineStatus
from credit.errors import NoRule
from credit.rules.awards import PROJECT_CAP, rule_for
from credit.rules.rounding import CREDIT_PLACES, HOUR_PLACES, half_up
from credit.rules.rule_sets import Category, RollingStandard, Rule, RuleSet

YEAR_CAP, GROUP_CAP, NOT_APPROVED = "year_cap", "group_cap", "not_approved"
_NOTHING = Decimal("0.00")
_MONTHS = 12


class Result(enum.StrEnum):
    """达标, 未达标, 未作要求 (O-14)."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_REQUIRED = "not_required"


@dataclass(frozen=True)
class Absence:
    """Months in which the standard is lower or does not apply. kind: a code of the rule set's exemptions."""

    kind: str
    months: int


@dataclass(frozen=True)
class CountedLine:
    """A line as the standard counts it. category: its row in the tree, None if the rule set does not have the code.

    counted: after all caps; reason: why it is less than the raw credits, if it is.
    """

    line: CreditLine
    category: Category | None
    counted: Decimal
    reason: str | None
    completes_year: bool


@dataclass(frozen=True)
class Rolled:
    """A standard over several years, and the credits that a person has for it."""

    standard: RollingStandard
    have: Decimal


@dataclass(frozen=True)
class Measures:
    """Credits, hours, credits by class, and by standard over several years; None for a measure that is not required."""

    credits: Decimal | None
    hours: Decimal | None
    classes: dict[str, Decimal]
    rolling: dict[str, Decimal] = field(default_factory=dict)

    def named(self) -> dict[str, Decimal]:
        """Return the measures that have a value, by name, such as `class_I` and `rolling_NAT5`."""
        pairs: list[tuple[str, Decimal | None]] = [("credits", self.credits), ("hours", self.hours)]
        pairs += [(f"class_{code}", amount) for code, amount in self.classes.items()]
        pairs += [(f"rolling_{code}", amount) for code, amount in self.rolling.items()]
        return {name: amount for name, amount in pairs if amount is not None}


@dataclass(frozen=True)
class Compliance:
    """The result of one year. missing: the shortfall by measure; empty if the standard is met or does not apply."""

    result: Result
    lines: tuple[CountedLine, ...]
    required: Measures
    have: Measures
    missing: dict[str, Decimal]


def judge(
    rule_set: RuleSet,
    lines: Sequence[CreditLine],
    absences: Iterable[Absence],
    year: int,
    rolled: Sequence[Rolled] = (),
) -> Compliance:
    """Judge a year's lines by a rule set. lines: in the order of their days. Thresholds are inclusive (M-X.3).

    A rule that completes a year, or an absence that lowers its standard, has no effect on standards over several years
    (`rolled`). A person who is exempt from the year needs nothing.
    """
    counted = count(rule_set, lines)
    have = replace(_have(rule_set, counted), rolling={each.standard.code: each.have for each in rolled})
    is_lifted, is_complete, months = _absent(rule_set, absences)
    asked = {each.standard.code: each.standard.credits for each in rolled}
    required = replace(_required(rule_set, months), rolling=asked)
    missing = _missing(required, have)
    if is_complete or any(each.completes_year for each in counted):
        missing = {name: short for name, short in missing.items() if name.startswith("rolling_")}
    if is_lifted or not any(required.named().values()) or year < rule_set.effective_on.year:
        result, missing = Result.NOT_REQUIRED, {}
    else:
        result = Result.NOT_MET if missing else Result.MET
    return Compliance(result, counted, required, have, missing)


def roll(
    rule_set: RuleSet, standards: Iterable[RollingStandard], lines: Sequence[CreditLine], year: int
) -> tuple[Rolled, ...]:
    """Return the counted credits for each standard over several years. lines: of all those years, by day."""
    counted: list[CountedLine] = []
    for _, of_year in groupby(lines, key=lambda line: line.activity_on.year):
        counted += count(rule_set, of_year)
    return tuple(Rolled(standard, _within(counted, standard, year)) for standard in standards)


def _within(counted: Iterable[CountedLine], standard: RollingStandard, year: int) -> Decimal:
    fitting = (
        each.counted
        for each in counted
        if each.category is not None
        and each.category.code == standard.category
        and year - standard.years < each.line.activity_on.year <= year
    )
    return sum(fitting, _NOTHING)


def count(rule_set: RuleSet, lines: Iterable[CreditLine]) -> tuple[CountedLine, ...]:
    """Return the lines with the credits that count after all caps. A line that is not approved counts nothing."""
    left = {group.code: group.cap_year for group in rule_set.cap_groups}
    left_of_rule = {rule.code: rule.cap_year for rule in rule_set.every_rule if rule.cap_year is not None}
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
    most = rule.most_at_once
    if most is not None and counts > most:
        counts, reason = most, PROJECT_CAP
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
    """Return the rule for a line: by its code, or by its category if the line was granted under another rule set."""
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
        # A line that completes a year belongs to neither class: it can't replace credits of a class.
        if each.category is not None and each.category.credit_class is not None and not each.completes_year:
            classes[each.category.credit_class] += each.counted
    return Measures(credits, hours, classes)


def _absent(rule_set: RuleSet, absences: Iterable[Absence]) -> tuple[bool, bool, int]:
    """Return whether the standard does not apply, whether it counts as met, and the months that lower it."""
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
    share, standard = Fraction(_MONTHS - months, _MONTHS), rule_set.standard

    def lowered(whole: Decimal | None, places: int) -> Decimal | None:
        return None if whole is None else half_up(Fraction(whole) * share, places)

    classes = {code: lowered(least, CREDIT_PLACES) or _NOTHING for code, least in standard.classes.items()}
    return Measures(lowered(standard.credits, CREDIT_PLACES), lowered(standard.hours, HOUR_PLACES), classes)


def _missing(required: Measures, have: Measures) -> dict[str, Decimal]:
    there = have.named()
    return {name: least - there[name] for name, least in required.named().items() if there[name] < least}
