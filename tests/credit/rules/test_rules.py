"""The rule engine and the packaged rule sets."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.errors import NoRule
from credit.rules.awards import PROJECT_CAP, credit_for
from credit.rules.rule_book import packaged
from models.ledger import SourceRole

LEGACY = packaged()["ZJ-LEGACY", 1]
NATIONAL_2024 = packaged()["CN-2024", 1]
LEARNER, SPEAKER = SourceRole.LEARNER, SourceRole.SPEAKER


@pytest.mark.parametrize(
    ("category", "role", "mode", "hours", "rule", "credits", "counted"),
    [
        ("NAT", LEARNER, "培训班", "15.0", "NAT-L", "5.00", "5.00"),
        ("NAT", LEARNER, "培训班", "45.0", "NAT-L", "15.00", "10.00"),
        ("NAT", LEARNER, "远程教育", "30.0", "NAT-R", "10.00", "5.00"),
        ("NAT", SPEAKER, "培训班", "2.5", "NAT-S", "5.00", "5.00"),
        ("PRV", LEARNER, "远程教育", "15.0", "PRV-L", "2.50", "2.50"),
        ("PRV", SPEAKER, "培训班", "12.0", "PRV-S", "12.00", "10.00"),
        ("MUN", LEARNER, "远程教育", "7.5", "MUN-L", "1.25", "1.25"),
        ("MUN", LEARNER, "培训班", "0.7", "MUN-L", "0.12", "0.12"),  # 0.11666…
        ("ANN", LEARNER, "培训班", "4.0", "ANN-L", "3.00", "3.00"),
        ("UNIT", LEARNER, "单位、科室组织的活动", "2.0", "UNIT-L", "0.50", "0.50"),
        ("UNIT", SPEAKER, "单位、科室组织的活动", "2.0", "UNIT-S", "2.00", "2.00"),
    ],
)
def test_hours_give_credits_by_the_rule_of_category_part_and_delivery(
    category: str, role: SourceRole, mode: str, hours: str, rule: str, credits: str, counted: str
) -> None:
    award = credit_for(LEGACY, category, role, mode, Decimal(hours))
    assert (award.rule_code, award.credits, award.counted) == (rule, Decimal(credits), Decimal(counted))
    assert award.reason == (PROJECT_CAP if award.counted < award.credits else None)


def test_the_projects_record_goes_before_the_rate_because_no_single_rate_fits_figure_7() -> None:
    both = [
        credit_for(LEGACY, "MUN", LEARNER, "远程教育", Decimal(hours), Decimal("2.50")) for hours in ("15.0", "7.5")
    ]
    assert [award.credits for award in both] == [Decimal("2.50")] * 2


def test_a_speaker_gets_the_rate_whatever_the_project_gives_learners() -> None:
    award = credit_for(LEGACY, "NAT", SPEAKER, "培训班", Decimal("2.0"), Decimal("5.00"))
    assert award.credits == Decimal("4.00")


@pytest.mark.parametrize(
    ("category", "role"), [("MUN", SPEAKER), ("NOPE", LEARNER), ("EXAM", LEARNER), ("OTH", LEARNER)]
)
def test_what_no_rule_gives_is_refused(category: str, role: SourceRole) -> None:
    with pytest.raises(NoRule):
        credit_for(LEGACY, category, role, "培训班", Decimal("15.0"))


def test_the_newer_rule_set_understands_the_older_categories_and_has_no_classes() -> None:
    assert credit_for(NATIONAL_2024, "NAT", LEARNER, "培训班", Decimal("15.0")).rule_code == "PROJ-L"
    category = NATIONAL_2024.find_category("MUN")
    assert category is not None
    assert (category.code, category.credit_class) == ("PROJ", None)
    assert set(NATIONAL_2024.aliases) == {each.code for each in LEGACY.categories} - {"OTH"}


def test_every_number_of_a_packaged_rule_set_names_a_source_that_it_explains() -> None:
    for rule_set in packaged().values():
        items: tuple[Any, ...] = (*rule_set.rules, *rule_set.cap_groups, *rule_set.exemptions, rule_set.standard)
        for item in items:
            named = item.source.replace(",", " ").replace(":", " ").replace(";", " ").split()
            assert set(named) & set(rule_set.sources), item


@given(
    category=st.sampled_from(LEGACY.categories),
    role=st.sampled_from(SourceRole),
    mode=st.sampled_from(["培训班", "远程教育", "其他"]),
    hours=st.decimals(0, 999, places=1),
    recorded=st.none() | st.decimals(0, 100, places=2),
)
def test_a_cap_never_raises_and_never_goes_below_nothing(
    category: object, role: SourceRole, mode: str, hours: Decimal, recorded: Decimal | None
) -> None:
    try:
        award = credit_for(LEGACY, category.code, role, mode, hours, recorded)  # type: ignore[attr-defined]
    except NoRule:
        return
    assert 0 <= award.counted <= award.credits
    assert award.credits == award.credits.quantize(Decimal("0.01"))
