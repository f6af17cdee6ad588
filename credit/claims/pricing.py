"""The credits of a claim, by its rule in the catalogue of its day."""

from dataclasses import dataclass
from decimal import Decimal

from credit.errors import ClaimInvalid, TooManyCredits
from credit.rules.claim_catalogue import catalogue_of
from credit.rules.claim_credits import Claimed, claim_credits
from credit.rules.rule_sets import ByRank, Fixed, Rule, RuleSet
from models.claims import ClaimMode


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
    """Return the rule and the credits of a claim, as the catalogue tells. Raises ClaimInvalid, TooManyCredits."""
    rule = catalogue_of(rule_set).find(code)
    if rule is None:
        raise ClaimInvalid(field="rule", facts={"why": "unknown_rule"})
    if rule.entry not in ("both", mode.value):
        raise ClaimInvalid(field="mode", facts={"why": "free_only"})
    claimed = Claimed(rank=stated.rank, credits=stated.credits, quantity=stated.quantity, hours=stated.hours)
    found = claim_credits(rule, claimed)
    return rule.rule, Price(found.award.credits, found.quantity)


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
        case _:
            limits = [limit for limit in (rule.most_at_once, rule.cap_year) if limit is not None]
            return min(limits, default=None)
