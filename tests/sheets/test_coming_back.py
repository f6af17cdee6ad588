"""What we write comes back the same, and what other programs write is read as they show it."""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets.cells import Meaning, clean
from sheets.tables import read_table
from sheets.writing import csv_lines, template_bytes, xlsx_bytes

COLUMNS = ("姓名", "单位", "编号", "学分")
MEANINGS = {"编号": Meaning.IDENTIFIER, "学分": Meaning.AMOUNT}
ODD = [
    "=1+1", "'=1", "''+2", "'李", "@x", "-", '="0012"', "_x000D_", "_x005F_", "50%", "###", "'#N/A", "#ref!", "1/2",
    "1E5", "a,b", 'a"b', "a;b", "a\tb", "a\nb", "<b>&amp;", "#1", "买买提·艾力", "𠮷", "\ufeff李", " =x", "\u3000+1",
]  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\ufffd\ufffe\uffff"), max_size=20),
)
NUMBER = st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=18), st.just("330100190001010000"))
LINES = st.lists(
    st.tuples(TEXT.filter(clean), TEXT, NUMBER, st.decimals(0, 9999, places=2)), min_size=1, max_size=6
)  # fmt: skip


def read(data: bytes) -> list[list[str]]:
    rows = read_table(data, columns=COLUMNS, required=COLUMNS, max_rows=99, max_cell=40_000, meanings=MEANINGS)
    assert not any(each.faults for each in rows)
    return [[each.cells[title] for title in COLUMNS] for each in rows]


def expected(lines: Sequence[tuple[str, str, str, Decimal]]) -> list[list[str]]:
    return [[clean(name), clean(unit), number, format(amount)] for name, unit, number, amount in lines]


@settings(deadline=None, max_examples=25)
@given(lines=LINES)
def test_a_workbook_of_ours_comes_back_the_same(lines: list[tuple[str, str, str, Decimal]]) -> None:
    found = read(xlsx_bytes(COLUMNS, lines))
    assert [[*each[:3], Decimal(each[3])] for each in found] == [
        [*each[:3], Decimal(each[3])] for each in expected(lines)
    ]


@settings(deadline=None)
@given(lines=LINES, encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_text_file_of_ours_comes_back_the_same_also_saved_in_another_encoding(
    lines: list[tuple[str, str, str, Decimal]], encoding: str
) -> None:
    kept = [(name, unit, "" if len(number) > 16 else number, amount) for name, unit, number, amount in lines]
    assert read("".join(csv_lines(COLUMNS, kept)).encode(encoding)) == expected(kept)


def test_the_cells_of_a_template_hold_texts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template_bytes(COLUMNS, name="名单"))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    columns = sheet.column_dimensions["A"]
    assert (columns.min, columns.max, columns.number_format) == (1, len(COLUMNS), "@")
    assert {cell.number_format for cell in sheet[1]} == {"@"}
    assert read(template_bytes(COLUMNS, name="名单")) == []


VALUE = st.one_of(
    st.integers(-(10**14), 10**14).map(lambda each: (each, str(each))),
    st.decimals(-(10**6), 10**6, places=3).map(lambda each: (float(each), format(float(each), ".15g"))),
    st.booleans().map(lambda each: (each, str(each).upper())),
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 - a cell has no zone
        lambda each: (each.replace(microsecond=0), f"{each:%Y-%m-%d} {each.hour}:{each:%M:%S}")
    ),
    TEXT.map(lambda each: (each, clean(each))),
)


def by_openpyxl(values: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for place, title in enumerate(COLUMNS, start=1):
        book.active.cell(1, place, title)
    for number, value in enumerate(values, start=2):
        cell = book.active.cell(number, 1)
        cell.value = value.replace("_x", "_x005F_x") if isinstance(value, str) else value  # it escapes nothing itself
        if isinstance(value, str):
            cell.data_type = "s"
        book.active.cell(number, 2, "院")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(values: Sequence[Any]) -> bytes:
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        form = book.add_format({"num_format": "yyyy-mm-dd h:mm:ss"})
        page = book.add_worksheet()
        page.write_row(0, 0, COLUMNS)
        for number, value in enumerate(values, start=1):
            if isinstance(value, datetime):
                page.write_datetime(number, 0, value, form)
            elif isinstance(value, str):
                page.write_string(number, 0, value)
            else:
                page.write(number, 0, value)
            page.write(number, 1, "院")
    return out.getvalue()


@pytest.mark.parametrize("write", [by_openpyxl, by_xlsxwriter])
def test_what_other_programs_write_is_read_as_they_show_it(write: Any) -> None:
    @settings(deadline=None, max_examples=40)
    @given(values=st.lists(VALUE, min_size=1, max_size=8))
    def check(values: list[tuple[Any, str]]) -> None:
        usable = [(value, shown) for value, shown in values if not _has_controls(value)]
        assert [each[0] for each in read(write([value for value, _ in usable]))] == [shown for _, shown in usable]

    check()


def _has_controls(value: Any) -> bool:
    return isinstance(value, str) and any(each < " " and each not in "\t\n" for each in value)
