"""Which rule a record of credits from elsewhere falls under: the one that it names, or what it says of itself."""

import re
from decimal import Decimal

from credit.errors import NoRule
from credit.rules.awards import rule_for
from credit.rules.levelling import level_name
from credit.rules.rule_sets import Fixed, Rule, RuleSet
from models.ledger import SourceRole

_PARTS = re.compile(r"[、,/]")
_SHORTEST = 3  # of a part of a label: 省 in 省、部级课题 tells nothing


def rule_of_record(rule_set: RuleSet, category: str, *, name: str, credits: Decimal, delivery_mode: str) -> Rule:
    """Return the rule for a record that names none.

    It is the only rule of the category whose label stands in the activity's name, or whose fixed credits are these.
    Several that agree and have one effect are as good as one: 25.00 credits complete the year, whichever of the four
    reasons it was. Else it is a rule that claims no more than the category. Raises NoRule.
    """
    found = rule_set.find_category(category)
    own = [] if found is None else [rule for rule in rule_set.rules if rule.category == found.code]
    fitting = [rule for rule in own if _fits(rule, delivery_mode)]
    levelled = level_name(name)
    agreeing = [rule for rule in fitting if _agrees(rule, levelled, credits)]
    if agreeing and len({_effect(rule) for rule in agreeing}) == 1:
        return next((rule for rule in agreeing if _has_label(rule, levelled)), agreeing[0])
    return rule_for(rule_set, category, SourceRole.LEARNER, delivery_mode)


def named_rule(rule_set: RuleSet, category: str, code: str) -> Rule:
    """Return the rule that a record names. Raises NoRule if the category has no such rule."""
    found, rule = rule_set.find_category(category), rule_set.find_rule(code)
    if found is None or rule is None or rule.category != found.code:
        raise NoRule(field="rule")
    return rule


def agrees_with(rule: Rule, credits: Decimal) -> bool:
    """Return whether a rule can give these credits: one of fixed credits gives no others."""
    return not isinstance(rule.amount, Fixed) or rule.amount.credits == credits


def codes_of(rule_set: RuleSet, category: str) -> list[str]:
    """Return the codes of the rules that a record of a category may name."""
    found = rule_set.find_category(category)
    return [rule.code for rule in rule_set.every_rule if found is not None and rule.category == found.code]


def _fits(rule: Rule, delivery_mode: str) -> bool:
    return rule.role is SourceRole.LEARNER and rule.delivery_mode in (None, delivery_mode)


def _agrees(rule: Rule, levelled: str, credits: Decimal) -> bool:
    if isinstance(rule.amount, Fixed):
        return rule.amount.credits == credits
    return _has_label(rule, levelled)


def _has_label(rule: Rule, levelled: str) -> bool:
    """Return whether one of the rule's labels (初级卫技人员规范化培训、岗位培训 are two) stands in a levelled name."""
    parts = [] if rule.name is None else [level_name(part) for part in _PARTS.split(rule.name)]
    return any(part in levelled for part in parts if len(part) >= _SHORTEST)


def _effect(rule: Rule) -> tuple[object, ...]:
    return rule.amount, rule.cap_project, rule.cap_year, rule.cap_group, rule.daily_once, rule.completes_year
