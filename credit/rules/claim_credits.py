"""Computes the credits of a claim. Pure: multiplied in exact fractions, rounded half up to 0.01 once (O-36)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from credit.errors import ClaimInvalid, TooManyCredits
from credit.rules.awards import Award, counted
from credit.rules.claim_catalogue import ClaimRule, Quantity
from credit.rules.rounding import CREDIT_PLACES, half_up
from credit.rules.rule_sets import ByHours, ByPiece, Fixed


@dataclass(frozen=True)
class Claimed:
    """What a person enters beside the rule. hours: 学时 (O-9); credits: typed where the rule does not give them."""

    rank: int | None = None
    credits: Decimal | None = None
    quantity: Decimal | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class ClaimAward:
    """The credits of a claim. quantity: the one that was used, None where the rule counts nothing.

    award.credits: what the rule gives; award.counted: after the limit for one claim, with the reason if it is less.
    """

    award: Award
    quantity: Decimal | None


def claim_credits(rule: ClaimRule, claimed: Claimed) -> ClaimAward:
    """Return the credits of a claim by a rule. Raises ClaimInvalid or TooManyCredits, by field."""
    quantity = _quantity(rule.quantity, claimed.quantity)
    exact = _exact(rule, claimed, quantity)
    award = counted(rule.rule, half_up(exact, CREDIT_PLACES))
    if award.credits <= 0:
        raise ClaimInvalid(field=rule.needs[0] if rule.needs else "rule", facts={"why": "no_credits"})
    _check_typed(rule, claimed, award)
    return ClaimAward(award, quantity)


def _exact(rule: ClaimRule, claimed: Claimed, quantity: Decimal | None) -> Fraction:
    if rule.ranks:
        return Fraction(_of_rank(rule, claimed.rank))
    if claimed.rank is not None:
        raise ClaimInvalid(field="rank", facts={"why": "not_for_rule"})
    if rule.quantity is not None and rule.quantity.credits is not None and quantity is not None:
        return Fraction(rule.quantity.credits) * Fraction(quantity) / Fraction(rule.quantity.per)
    amount = rule.rule.amount
    if isinstance(amount, ByHours):
        if not claimed.hours:
            raise ClaimInvalid(field="hours", facts={"why": "field_missing"})
        return Fraction(claimed.hours) * Fraction(amount.credits) / Fraction(amount.hours)
    if isinstance(amount, Fixed | ByPiece):
        return Fraction(amount.credits)
    return Fraction(_typed(rule, claimed.credits)) * Fraction(quantity or 1)


def _of_rank(rule: ClaimRule, rank: int | None) -> Decimal:
    if rank is None:
        raise ClaimInvalid(field="rank", facts={"why": "field_missing"})
    if not 1 <= rank <= len(rule.ranks):
        raise ClaimInvalid(field="rank", facts={"why": "unknown_rank"})
    return rule.ranks[rank - 1].credits


def _quantity(counted_by: Quantity | None, given: Decimal | None) -> Decimal | None:
    """Return the quantity to multiply by: what was given, or the default of the unit."""
    if counted_by is None:
        if given is not None:
            raise ClaimInvalid(field="quantity", facts={"why": "not_for_rule"})
        return None
    given = counted_by.default if given is None else given
    facts = {"quantity_unit": counted_by.unit, "largest": f"{counted_by.most:f}"}
    if given is None:
        raise ClaimInvalid(field="quantity", facts={"why": "field_missing", **facts})
    if not 0 < given <= counted_by.most:
        raise ClaimInvalid(field="quantity", facts={"why": "quantity_out_of_range", **facts})
    if counted_by.is_whole and given != given.to_integral_value():
        raise ClaimInvalid(field="quantity", facts={"why": "not_whole", **facts})
    return given


def _typed(rule: ClaimRule, given: Decimal | None) -> Decimal:
    if given is None:
        raise ClaimInvalid(field="credits", facts={"why": "field_missing"})
    if given <= 0:
        raise ClaimInvalid(field="credits", facts={"why": "no_credits"})
    return given


def _check_typed(rule: ClaimRule, claimed: Claimed, award: Award) -> None:
    """Refuse typed credits beyond the limit (O-10), and others than those that the rule gives (M-3.2.13)."""
    if "credits" not in rule.needs:
        if claimed.credits is not None and claimed.credits != award.credits:
            facts = {"why": "set_by_rule", "by_rule": f"{award.credits:.2f}"}
            raise ClaimInvalid(field="credits", facts=facts)
    elif award.counted < award.credits:
        raise TooManyCredits(field="credits", facts={"most_credits": f"{award.counted:.2f}"})
