"""The credits of a claim, by its rule in the catalogue of its day."""

from dataclasses import dataclass
from decimal import Decimal

from credit.errors import ClaimInvalid, TooManyCredits
from credit.rules.claim_catalogue import Catalogue, ClaimRule
from credit.rules.claim_credits import Claimed, claim_credits
from credit.rules.rule_sets import ByRank, Fixed, Rule
from models.claims import ClaimMode


@dataclass(frozen=True)
class Price:
    """The credits of a claim. quantity: as stated, or 1 where the rule's unit is a session; None for other rules."""

    credits: Decimal
    quantity: Decimal | None


def price(catalogue: Catalogue, code: str, mode: ClaimMode, claimed: Claimed) -> tuple[ClaimRule, Price]:
    """Return the rule and the credits of a claim. Raises ClaimInvalid, TooManyCredits with the field at fault."""
    rule = catalogue.find(code)
    if rule is None:
        raise ClaimInvalid(field="rule", facts={"why": "unknown_rule"})
    if rule.entry not in ("both", mode.value):
        raise ClaimInvalid(field="mode", facts={"why": "free_only"})
    award = claim_credits(rule, claimed)
    return rule, Price(award.award.credits, award.quantity)


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
