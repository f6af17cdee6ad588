"""The credits of a claim, by its rule in the catalogue."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from credit.errors import ClaimInvalid, TooManyCredits
from credit.rules.rounding import CREDIT_PLACES, half_up
from credit.rules.rule_sets import ByCertificate, ByHours, ByPiece, ByRank, Fixed, Rule, RuleSet
from models.claims import ClaimMode

_ONE = Decimal("1.0")


@dataclass(frozen=True)
class Stated:
    """What the owner says of the amount."""

    mode: ClaimMode
    rank: int | None
    credits: Decimal | None
    quantity: Decimal | None
    hours: Decimal


@dataclass(frozen=True)
class Price:
    """The credits of a claim. quantity: as stated, or 1 where the rule's unit is a session; None for other rules."""

    credits: Decimal
    quantity: Decimal | None


def price(rule_set: RuleSet, code: str, stated: Stated) -> tuple[Rule, Price]:
    """Return the rule and the credits of a claim."""
    rule = rule_set.find_rule(code)
    if rule is None or (rule.entry == "project" and not rule.daily_once):
        raise ClaimInvalid(field="rule", facts={"why": "unknown_rule"})
    if rule.entry == "free" and stated.mode is ClaimMode.WIZARD:
        raise ClaimInvalid(field="mode", facts={"why": "free_only"})
    amount = rule.amount
    if isinstance(amount, ByRank):
        if stated.rank is None or not 1 <= stated.rank <= len(amount.credits):
            raise ClaimInvalid(field="rank", facts={"why": "unknown_rank"})
        return rule, Price(half_up(Fraction(amount.credits[stated.rank - 1]), CREDIT_PLACES), None)
    if isinstance(amount, ByPiece):
        quantity = _ONE if amount.unit == "session" and stated.quantity is None else stated.quantity
        if quantity is None or quantity <= 0:
            raise ClaimInvalid(field="quantity", facts={"why": "field_missing"})
        return rule, Price(half_up(Fraction(quantity) * Fraction(amount.credits), CREDIT_PLACES), quantity)
    if isinstance(amount, Fixed):
        return rule, Price(half_up(Fraction(amount.credits), CREDIT_PLACES), None)
    if isinstance(amount, ByHours):
        return rule, Price(
            half_up(Fraction(stated.hours) * Fraction(amount.credits) / Fraction(amount.hours), CREDIT_PLACES), None
        )
    if stated.credits is None or stated.credits <= 0:
        raise ClaimInvalid(field="credits", facts={"why": "field_missing"})
    require_within(rule, stated.credits)
    return rule, Price(stated.credits, None)


def require_within(rule: Rule, credits: Decimal) -> None:
    """Raise TooManyCredits if a rule can't give so many credits at once."""
    most = most_of(rule)
    if most is not None and credits > most:
        raise TooManyCredits(field="credits", facts={"most_credits": f"{most:.2f}"})


def most_of(rule: Rule) -> Decimal | None:
    """Return the most that a rule gives for one claim; None where it has no limit."""
    match rule.amount:
        case ByRank(credits=credits):
            return max(credits)
        case Fixed(credits=credits):
            return credits
        case ByCertificate() | ByPiece() | ByHours():
            limits = [limit for limit in (rule.most_at_once, rule.cap_year) if limit is not None]
            return min(limits, default=None)
