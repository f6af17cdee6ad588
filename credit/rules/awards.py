"""The rule engine: what an activity gives. Pure: Decimal only, rounded half up to 0.01 once, at the end."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from credit.errors import NoRule
from credit.rules.rule_sets import ByCertificate, ByHours, ByPiece, Fixed, Rule, RuleSet
from models.ledger import SourceRole

PROJECT_CAP = "project_cap"
_STEP = Decimal("0.01")


@dataclass(frozen=True)
class Award:
    """What a rule gives. credits: raw; counted: after the cap of one project; reason: why counted is less, if it is."""

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
    """Return what taking part in a project gives by a rule set.

    A learner gets what the project's record says (M-X.4: no single rate fits figure 7), and what the rule gives for the
    hours where it says nothing; a speaker gets the rule's rate for the hours taught. hours: of the project for a
    learner, taught for a speaker. Raises NoRule where the set has no rule for it, or nothing says how many credits.
    """
    rule = rule_for(rule_set, category, role, delivery_mode)
    raw = project_credits if role is SourceRole.LEARNER and project_credits is not None else _by_rule(rule, hours)
    return counted(rule, raw.quantize(_STEP, ROUND_HALF_UP))


def rule_for(rule_set: RuleSet, category: str, role: SourceRole, delivery_mode: str) -> Rule:
    """Return the rule for a part in a category: a project's before a claim's, and one for this delivery mode before
    others.

    Raises NoRule.
    """
    found = rule_set.find_category(category)
    fitting = [
        rule
        for rule in rule_set.rules
        if found is not None
        and (rule.category, rule.role) == (found.code, role)
        and rule.delivery_mode in (None, delivery_mode)
        and not rule.completes_year  # completes a whole year: never by category alone
    ]
    if not fitting:
        raise NoRule(field="category")
    return min(fitting, key=lambda rule: (rule.entry != "project", rule.delivery_mode is None))


def counted(rule: Rule, raw: Decimal) -> Award:
    """Return what of the raw credits one project, or one certificate, may count by a rule."""
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
