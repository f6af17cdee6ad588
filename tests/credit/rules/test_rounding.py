"""Amounts are rounded half up, once, at the end: computed exactly and by another way."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.compliance.judging import Absence, judge
from credit.rules.awards import credit_for
from credit.rules.rounding import half_up
from credit.rules.rule_book import packaged
from credit.rules.rule_sets import RuleSet
from models.ledger import SourceRole

LEGACY = packaged()["ZJ-LEGACY", 1]


def with_rate(credits: Decimal, hours: Decimal) -> RuleSet:
    """The usual rules, with another rate for municipal projects."""
    content = LEGACY.model_dump(mode="json", by_alias=True)
    for rule in content["rules"]:
        if rule["code"] == "MUN-L":
            rule["amount"] = {"by": "hours", "hours": str(hours), "credits": str(credits)}
    return RuleSet.model_validate(content)


@pytest.mark.parametrize(
    ("credits", "per", "hours", "expected"),
    [
        ("3.00", "60", "1.1", "0.06"),
        ("3.00", "60", "1.0", "0.05"),
        ("1", "6", "0.7", "0.12"),
        ("1", "3", "0.1", "0.03"),
    ],
)
def test_three_credits_for_sixty_hours_give_a_twentieth_of_the_hours(
    credits: str, per: str, hours: str, expected: str
) -> None:
    award = credit_for(with_rate(Decimal(credits), Decimal(per)), "MUN", SourceRole.LEARNER, "培训班", Decimal(hours))
    assert award.credits == Decimal(expected)


@given(
    credits=st.decimals("0.01", 20, places=2),
    per=st.decimals("0.1", 100, places=1),
    hours=st.decimals(0, 999, places=1),
)
def test_hours_are_multiplied_and_divided_before_anything_is_rounded(
    credits: Decimal, per: Decimal, hours: Decimal
) -> None:
    award = credit_for(with_rate(credits, per), "MUN", SourceRole.LEARNER, "培训班", hours)
    hundredths, rest = divmod(int(hours * 10) * int(credits * 100), int(per * 10))
    exact_up = hundredths + (2 * rest >= int(per * 10))
    assert award.credits == Decimal(exact_up).scaleb(-2)


@given(months=st.integers(0, 11), credits=st.decimals("0.01", 300, places=2), hours=st.decimals("0.1", 900, places=1))
def test_a_standard_is_lowered_by_twelfths_before_it_is_rounded(months: int, credits: Decimal, hours: Decimal) -> None:
    content = LEGACY.model_dump(mode="json", by_alias=True)
    content["standard"] |= {"credits": str(credits), "hours": str(hours)}
    absences = [Absence("NEW", months)] if months else []
    required = judge(RuleSet.model_validate(content), [], absences, 2026).required

    def share(whole: Decimal, places: int) -> Decimal:
        steps, rest = divmod(int(whole.scaleb(places)) * (12 - months), 12)
        return Decimal(steps + (rest >= 6)).scaleb(-places)

    assert (required.credits, required.hours) == (share(credits, 2), share(hours, 1))


@given(steps=st.integers(0, 10**6), by=st.integers(1, 1000), places=st.integers(0, 4))
def test_half_up_agrees_with_decimals_where_those_are_exact(steps: int, by: int, places: int) -> None:
    exact = Decimal(steps).scaleb(-5)
    expected = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert half_up(Fraction(exact), places) == expected
    assert abs(Fraction(half_up(Fraction(steps, by), places)) - Fraction(steps, by)) <= Fraction(1, 2 * 10**places)
