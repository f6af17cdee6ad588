"""What the text of a cell means: numbers, amounts, days and times, as people type them and programs change them."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sheets.cells import Cell, Kind, Meaning, read_cell
from sheets.meanings import amount_of, day_of, identifier_of, local_time_of, person_name_of
from sheets.tables import read_table


@pytest.mark.parametrize(
    "text",
    ["3310000101", "3310000101.0", "３３１００００１０１", "\u3000331 0000101\u00a0", "'3310000101"],
)  # fmt: skip
def test_a_number_that_names_somebody_is_the_same_however_it_is_written(text: str) -> None:
    assert identifier_of(text) == "3310000101"


@pytest.mark.parametrize("dot", ["·", "•", "‧", "・", "･", "．", "."])
def test_a_name_is_the_same_whatever_its_blanks_its_width_and_its_middle_dot(dot: str) -> None:
    assert person_name_of(f"买买提{dot}艾　力") == person_name_of("买买提·艾力") == "买买提·艾力"
    assert person_name_of(f" Ａnna{dot}Ｌi") == person_name_of("anna·li")
    assert person_name_of("张三") != person_name_of("张三丰")


def test_zeros_before_a_number_stay() -> None:
    assert [identifier_of(each) for each in ("0012", "0012.0", "P0012", "1.5", "")] == [
        "0012", "0012", "P0012", "1.5", "",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["15", "15.0", "15.00", "15.000", "１５．００", " 15.00\u3000", "015"])
def test_an_amount_is_exact_however_many_zeros_it_has(text: str) -> None:
    assert (amount_of(text, 2), amount_of(text, 1)) == ("15.00", "15.0")


@pytest.mark.parametrize("text", ["", "-15", "+15", "1,500", "1.5e1", "1.5E+1", "15.", ".5", "2.255", "nan", "x", "٣"])
def test_what_is_no_exact_amount_is_none(text: str) -> None:
    assert amount_of(text, 2) is None


@given(st.decimals(0, 999, places=2))
def test_an_amount_in_a_cell_is_read_back(amount: Any) -> None:
    text, fault = read_cell(Cell(Kind.NUMBER, repr(float(amount)), "0.00"), Meaning.AMOUNT)
    assert (amount_of(text, 2), fault) == (f"{amount:.2f}", None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日", "２０２６年３月５日", "20260305", "46086", "46086.0",
        "2026-03-05 00:00:00", "2026-03-05T00:00", " 2026-3-05 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_all_its_writings(text: str) -> None:
    assert day_of(text) == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-03", "26-03-05", "2026-03-05 08:30", "1999-12-31", "5", "x"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None


def test_a_time_needs_its_day_and_a_day_is_no_time() -> None:
    assert local_time_of("2026年3月5日 8:30") == datetime(2026, 3, 5, 8, 30)  # noqa: DTZ001 - a local time
    assert [local_time_of(each) for each in ("2026-03-05", "08:30", "2026-03-05 25:00")] == [None] * 3


@pytest.mark.parametrize(("is_1904", "days"), [(False, 46086.354166667), (True, 46086.354166667 - 1462)])
def test_a_day_count_is_counted_from_the_first_day_of_its_workbook(is_1904: bool, days: float) -> None:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for cells in (["姓名", "时间"], ["李", days], ["王", datetime(2026, 3, 5, 8, 30)]):  # noqa: DTZ001 - a cell has no zone
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    rows = read_table(
        out.getvalue(), columns=("姓名", "时间"), required=("姓名",), max_rows=9, meanings={"时间": Meaning.TIME}
    )
    assert [row.cells["时间"] for row in rows] == ["2026-03-05 08:30:00"] * 2


def test_a_number_outside_of_the_columns_of_days_stays_a_number() -> None:
    data = "姓名,时间\n46086,46086\n".encode()
    rows = read_table(data, columns=("姓名", "时间"), required=("姓名",), max_rows=9, meanings={"时间": Meaning.TIME})
    assert dict(rows[0].cells) == {"姓名": "46086", "时间": "2026-03-05 00:00:00"}


def test_a_fraction_shows_the_digits_that_a_spreadsheet_shows() -> None:
    book = openpyxl.Workbook()
    for each in ("姓名", 0.1 + 0.2, 2.5, 15.0, True, False):
        book.active.append([each])
    out = io.BytesIO()
    book.save(out)
    rows = read_table(out.getvalue(), columns=("姓名",), required=("姓名",), max_rows=9)
    assert [row.cells["姓名"] for row in rows] == ["0.3", "2.5", "15", "TRUE", "FALSE"]
