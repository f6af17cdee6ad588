"""What a cell shows of a number, as Excel in China shows it."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.built_in_formats import BUILT_IN
from sheets.cells import COUNTED_FROM
from sheets.number_formats import shown_number

SHOWN = [
    ("0.5", "0%", "50%"), ("0.25", "0.0%", "25.0%"), ("1.1", "0.00", "1.10"), ("7", "000", "007"),
    ("150000", "#,##0", "150,000"), ("1234567.891", "#,##0.00", "1,234,567.89"), ("-1234.5", "#,##0.0", "-1,234.5"),
    ("0.5", "# ?/?", "1/2"), ("1.5", "# ?/?", "1 1/2"), ("2", "# ?/?", "2"), ("0", "# ?/?", "0"),
    ("0.5", "??/16", "8/16"), ("0.333333", "?/?", "1/3"), ("0.3125", "# ??/??", "5/16"),
    ("13800001999", "000-0000-0000", "138-0000-1999"), ("5", '0.00"分"', "5.00分"), ("5", "0\\次", "5次"),
    ("-5", "0;(0)", "(5)"), ("0", '0;-0;"无"', "无"), ("5", ";;;", ""), ("0.1", "#.##", ".1"), ("1", "#.0#", "1.0"),
    ("2.5", "0", "3"), ("2.345", "0.00", "2.35"), ("0.6", "[Red]0", "1"), ("1500000", "0.0,", "1500.0"),
    ("12345", "0.00E+00", "1.23E+04"), ("9.999", "0.0E+00", "1.0E+01"), ("0.00012", "0.0E-0", "1.2E-4"),
    ("12345.678", "##0.0E+0", "12.3E+3"), ("45", '[>=60]"合格";"不合格"', "不合格"),
    ("60", '[>=60]"合格";"不合格"', "合格"),
    ("5", "_ * #,##0_ ;_ * -#,##0_ ", "5"), ("3.5", "[$¥-804]#,##0.00", "¥3.50"), ("5", "General", "5"),
    ("0.3", 'General"次"', "0.3次"), ("5", "@", "5"), ("0.333333333333333", "General", "0.333333333"),
    ("-123456.789012", "General", "-123456.789"),
    ("0.00001", "General", "0.00001"), ("0.0000123456789", "General", "1.23457E-05"),
    ("13800009012", "General", "13800009012"),
    ("330100190001010019", "General", "3.3010019000101e+17"),
]  # fmt: skip
DATED = [
    ("yyyy/m/d", "2026/3/5"), ("m/d", "3/5"), ("yyyy-mm-dd h:mm:ss", "2026-03-05 8:30:00"), ("yy-mm", "26-03"),
    ('yyyy"年"m"月"d"日"', "2026年3月5日"), ('m"月"d"日";@', "3月5日"), ("[$-804]aaaa;@", "星期四"), ("aaa", "周四"),
    ("dddd", "Thursday"), ("d-mmm-yy", "5-Mar-26"), ("h:mm AM/PM", "8:30 AM"), ("mm:ss.0", "30:00.0"),
    ('上午/下午h"时"mm"分"', "上午8时30分"), ("[h]:mm", "1106072:30"), ("[$-F800]dddd, mmmm dd, yyyy", "2026年3月5日"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "form", "shown"), SHOWN)
def test_a_number_is_shown_as_its_format_says(value: str, form: str, shown: str) -> None:
    assert shown_number(Decimal(value), form, COUNTED_FROM) == shown


@pytest.mark.parametrize(("form", "shown"), DATED)
def test_a_count_of_days_is_shown_as_its_format_says(form: str, shown: str) -> None:
    assert shown_number(Decimal("46086.354166666667"), form, COUNTED_FROM) == shown
    since_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a cell has no zone
    if not form.startswith("[h]"):
        assert shown_number(Decimal("44624.354166666667"), form, since_1904) == shown


@pytest.mark.parametrize("form", ["[DBNum1]0", "[DBNum2]General", "[$-411]ggge", "[?]", "0/0/0", "x" * 300])
def test_a_format_that_is_not_known_shows_nothing_rather_than_a_guess(form: str) -> None:
    assert shown_number(Decimal(5), form, COUNTED_FROM) is None


def test_the_first_days_of_1900_are_those_of_a_spreadsheet() -> None:
    assert [shown_number(Decimal(each), "yyyy/m/d", COUNTED_FROM) for each in (1, 59, 61)] == [
        "1900/1/1", "1900/2/28", "1900/3/1",
    ]  # fmt: skip
    assert shown_number(Decimal(-1), "yyyy/m/d", COUNTED_FROM) is None


@given(form=st.text('0#?.,%/E+-;[]"\\_*@ymdhsae:<>=GeneralDBNum1 红', max_size=25), value=st.floats(-1e18, 1e18))
def test_any_format_is_shown_or_not_known_and_nothing_else(form: str, value: float) -> None:
    shown = shown_number(Decimal(format(value, ".15g")), form, COUNTED_FROM)
    assert shown is None or shown == shown.strip()


@given(value=st.decimals(-(10**9), 10**9, places=2))
def test_every_format_with_a_number_shows_that_number(value: Decimal) -> None:
    for form in (BUILT_IN[1], BUILT_IN[2], BUILT_IN[3], BUILT_IN[4]):
        shown = shown_number(value, form, COUNTED_FROM)
        assert shown is not None
        assert abs(Decimal(shown.replace(",", "")) - value) <= Decimal("0.5")
    assert shown_number(value, "0.00", COUNTED_FROM) == f"{value:.2f}"
