"""When two records of credits are of one activity. No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.records.activities import Activity, Likeness, likeness_of
from credit.rules.levelling import level_name, level_number

DAY = date(2026, 3, 1)
SIGNS = st.text("ab12()（）[]【】-－—\u2013 \u3000期第", max_size=12)


def activity(name: str = "心电图研修班", category: str = "NAT", number: str | None = None, **more: object) -> Activity:
    days = {"first_on": DAY, "last_on": DAY, **more}
    return Activity(name, category, number, **days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "心电图研修班(第1期)",
        "心电图研修班（第1期）",
        "心电图研修班 (第1期)",
        "心电图研修班（第１期）",
        "心电图研修班【第1期】",
    ],
)
def test_a_name_is_the_same_however_it_is_typed(name: str) -> None:
    assert level_name(name) == "心电图研修班(第1期)"


@pytest.mark.parametrize(
    ("number", "levelled", "edition"),
    [
        ("2026-03-01-901(国)", "2026-03-01-901(国)", None),
        ("2026-03-01-901 （国）", "2026-03-01-901(国)", None),
        ("２０２６－０３—01–901 [国]", "2026-03-01-901(国)", None),
        ("2026-03-01-901(国)第2期", "2026-03-01-901(国)", 2),
        ("2026-03-01-901（国）（第二期）", "2026-03-01-901(国)", 2),
        ("第2期", "第2期", None),
        (None, "", None),
        ("无", "", None),
        ("／", "", None),
        ("——", "", None),
        ("无第2期", "", None),
    ],
)
def test_a_number_is_read_with_its_edition(number: str | None, levelled: str, edition: int | None) -> None:
    assert level_number(number) == (levelled, edition)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (activity(number="1-2(国)", name="甲"), activity(number="1－2（国）", name="乙"), Likeness.SAME_NUMBER),
        (activity(number="1-2"), activity(number="12"), Likeness.SAME_NAME),
        (activity(number="1-2", name="甲"), activity(number="12", name="乙"), None),
        (activity(), activity(number="1-2"), Likeness.SAME_NAME),
        (activity(), activity(category="PRV"), Likeness.OTHER_CATEGORY),
        (activity(), activity(name="心电图研修班二"), None),
        (activity(), activity(first_on=DAY + timedelta(1), last_on=DAY + timedelta(1)), None),
        (activity(number="1第1期", name="甲"), activity(number="1第2期"), Likeness.OTHER_EDITION),
        (activity(number="1第1期"), activity(number="1第2期"), Likeness.SAME_NAME),
        (activity(number="1第1期"), activity(number="1第2期", category="PRV"), Likeness.OTHER_EDITION),
        (activity(number="1第1期"), activity(number="1"), Likeness.SAME_NUMBER),
        (activity(number="1第2期"), activity(number="1", own_edition=1), Likeness.SAME_NAME),
        (activity(number="1第2期", name="甲"), activity(number="1", own_edition=1), Likeness.OTHER_EDITION),
        (activity(number="1", name="甲"), activity(number="1", first_on=DAY + timedelta(7), last_on=DAY + timedelta(9)),
         Likeness.OTHER_DAYS),
        (activity(number="1", name="甲"), activity(number="1", first_on=DAY + timedelta(8), last_on=DAY + timedelta(9)),
         None),
        (activity(name="甲"), activity(name="甲", first_on=DAY - timedelta(2), last_on=DAY + timedelta(2)),
         Likeness.SAME_NAME),
    ],
)  # fmt: skip
def test_one_activity_is_told_from_two(one: Activity, other: Activity, expected: Likeness | None) -> None:
    assert likeness_of(one, other) is expected
    assert likeness_of(other, one) is expected


@given(text=SIGNS)
def test_what_is_levelled_stays_as_it_is(text: str) -> None:
    assert level_name(level_name(text)) == level_name(text)


@given(name=SIGNS, number=SIGNS, days=st.integers(0, 20))
def test_an_activity_is_surely_the_same_as_itself_on_any_of_its_days(name: str, number: str, days: int) -> None:
    whole = activity(name, number=number, last_on=DAY + timedelta(days))
    found = likeness_of(whole, activity(name, number=number, first_on=whole.last_on, last_on=whole.last_on))
    assert found is not None
    assert found.is_sure
