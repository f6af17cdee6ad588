"""Computes the credits of an activity. Pure: exact fractions, rounded half up to 0.01 once, at the end."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from credit.errors import NoRule
from credit.rules.rounding import CREDIT_PLACES, half_up
from credit.rules.rule_sets import ByCertificate, ByHours, ByPiece, Fixed, Rule, RuleSet
from models.ledger import SourceRole

PROJECT_CAP = "project_cap"


@dataclass(frozen=True)
class Award:
    """The credits of a rule. credits: raw; counted: after the cap of one project; reason: why counted is less."""

    rule_code: str
    credits: Decimal
    counted: Decimal
    reason: str | None


def credit_for(
    rule_set: RuleSet,
    category: str,
    role: SourceRole,
    delivery_mode: str,
    hours: Decimal,
    project_credits: Decimal | None = None,
) -> Award:
    """Return the credits for taking part in a project, by a rule set.

    A learner gets the credits in the project's record (M-X.4: no single rate fits figure 7). Without them, a learner
    gets the rule's rate for the project's hours. A speaker gets the rule's rate for the hours taught. hours: of the
    project for a learner, taught for a speaker. Raises NoRule if there is no rule, or no number of credits.
    """
    rule = rule_for(rule_set, category, role, delivery_mode)
    has_own = role is SourceRole.LEARNER and project_credits is not None
    raw = Fraction(project_credits or 0) if has_own else _by_rule(rule, hours)
    return counted(rule, half_up(raw, CREDIT_PLACES))


def rule_for(rule_set: RuleSet, category: str, role: SourceRole, delivery_mode: str) -> Rule:
    """Return the rule for a role in a category of which nothing else is known.

    A rule without a name claims nothing beyond its category; of those, one for projects comes before one for claims,
    and one for this delivery mode before others. Else it is the category's only rule, or its plain rule: a paper of
    which nobody said the journal is not one of a foreign journal.

    Raises NoRule.
    """
    found = rule_set.find_category(category)
    fitting = [
        rule
        for rule in rule_set.rules
        if found is not None
        and (rule.category, rule.role) == (found.code, role)
        and rule.delivery_mode in (None, delivery_mode)
        and not rule.completes_year  # such a rule must be named, or agree with the credits
    ]
    unnamed = [rule for rule in fitting if rule.name is None]
    if unnamed:
        return min(unnamed, key=lambda rule: (rule.entry != "project", rule.delivery_mode is None))
    if len(fitting) == 1:
        return fitting[0]
    plain = rule_set.plain_rule(category) if role is SourceRole.LEARNER else None
    if plain is None:
        raise NoRule(field="category")
    return plain


def counted(rule: Rule, raw: Decimal) -> Award:
    """Return the part of the raw credits that a rule counts for one project or one certificate."""
    most = rule.most_at_once
    if most is not None and raw > most:
        return Award(rule.code, raw, most, PROJECT_CAP)
    return Award(rule.code, raw, raw, None)


def _by_rule(rule: Rule, hours: Decimal) -> Fraction:
    match rule.amount:
        case ByHours(hours=per, credits=credits):
            return Fraction(hours) * Fraction(credits) / Fraction(per)
        case Fixed(credits=credits) | ByPiece(credits=credits):
            return Fraction(credits)
        case ByCertificate() | _:
            raise NoRule(field="credits")
