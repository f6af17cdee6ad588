"""Computes the credits of an activity. Pure: Decimal only, rounded half up to 0.01 once, at the end."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from credit.errors import NoRule
from credit.rules.rule_sets import ByCertificate, ByHours, ByPiece, Fixed, Rule, RuleSet
from models.ledger import SourceRole

PROJECT_CAP = "project_cap"
_STEP = Decimal("0.01")


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
    raw = project_credits if role is SourceRole.LEARNER and project_credits is not None else _by_rule(rule, hours)
    return counted(rule, raw.quantize(_STEP, ROUND_HALF_UP))


def rule_for(rule_set: RuleSet, category: str, role: SourceRole, delivery_mode: str) -> Rule:
    """Return the rule for a role in a category.

    A rule for projects comes before one for claims, and one for this delivery mode before others.

    Raises NoRule.
    """
    found = rule_set.find_category(category)
    fitting = [
        rule
        for rule in rule_set.rules
        if found is not None
        and (rule.category, rule.role) == (found.code, role)
        and rule.delivery_mode in (None, delivery_mode)
        and not rule.completes_year  # such a rule must be named by its code
    ]
    if not fitting:
        raise NoRule(field="category")
    return min(fitting, key=lambda rule: (rule.entry != "project", rule.delivery_mode is None))


def counted(rule: Rule, raw: Decimal) -> Award:
    """Return the part of the raw credits that a rule counts for one project or one certificate."""
    most = rule.most_at_once
    if most is not None and raw > most:
        return Award(rule.code, raw, most, PROJECT_CAP)
    return Award(rule.code, raw, raw, None)


def _by_rule(rule: Rule, hours: Decimal) -> Decimal:
    match rule.amount:
        case ByHours(hours=per, credits=credits):
            return hours / per * credits
        case Fixed(credits=credits) | ByPiece(credits=credits):
            return credits
        case ByCertificate() | _:
            raise NoRule(field="credits")
